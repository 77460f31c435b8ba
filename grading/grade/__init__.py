"""The staff's grader: `python -m grading grade SUBMISSIONS --out RESULTS` (see docs/grading.md).

Read in this order: `submission` takes the answer cells out of a notebook nobody trusts; `sandbox`
starts `inside`, which runs them where nothing can be read or harmed, and `probe` tries whether
that is so; `wire` is the plain data that goes in and comes out; `run` judges what came out;
`cluster` does that for a class; `results` writes.
Only `inside`, `wire` and `grading.tasks` exist in the sandbox.
"""
