"""The staff's grader: `python -m grading grade SUBMISSIONS --out RESULTS` (see docs/grading.md).

Read in this order: `submissions` takes the answer cells out of notebooks nobody trusts; `sandbox`
runs them in the jail, where nothing can be read or harmed, and `escapes` tries whether that is so;
`judging` compares what came out; `cluster` does that on many processes; `whole_class` is the loop
over a class; `results` writes. `questions` are the staff's own.
"""
