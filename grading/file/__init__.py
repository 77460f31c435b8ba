"""What handles a student's file: find its answers, check them with nbval, restore its cells."""
