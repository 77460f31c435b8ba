"""What lesson 00 feeds an answer and collects from it."""

from grading.jail.tasks import tensor


def q0_1(top_class, case):
    return {"the classes": top_class(tensor(case["logits"]))}
