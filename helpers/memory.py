"""Freed memory stays with the process, where the C library is glibc.

By default glibc gives large blocks back to the kernel as soon as they are freed, and the kernel
zeroes the same pages anew for the next layer of a network: a third to a half of the time of a pass
on the CPU.
"""

import ctypes
import platform

LARGEST = 1 << 30  # bytes: blocks below this come from memory that is kept
LARGEST_ALLOWED = 1 << 25  # what glibc before 2.35 accepts at most
KEPT = (1 << 31) - 1  # bytes of freed memory that are kept, the largest int

# The same for a process that does not import helpers, read by glibc when it starts.
ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": str(LARGEST), "MALLOC_TRIM_THRESHOLD_": str(KEPT)}

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h


def keep_pages() -> bool:
    """Let the process keep the memory that it frees; False where the C library is not glibc.

    What was allocated before stays as it is, so call it early.

    >>> keep_pages() == (platform.libc_ver()[0] == "glibc")
    True
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    large = mallopt(M_MMAP_THRESHOLD, LARGEST) or mallopt(M_MMAP_THRESHOLD, LARGEST_ALLOWED)
    return bool(large and mallopt(M_TRIM_THRESHOLD, KEPT))
