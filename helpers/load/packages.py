"""Where the packages lie that bring weights and photographs."""

from importlib.util import find_spec
from pathlib import Path


def package_folder(name: str) -> Path:
    """The folder of an installed package, without importing it, which may take seconds.

    Raises ModuleNotFoundError where it is not installed.

    >>> (package_folder("skimage") / "data").is_dir()
    True
    """
    package = find_spec(name)
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            f"The package {name} is missing: run `pip install {name}` or `make lab`."
        )
    return Path(package.origin).parent
