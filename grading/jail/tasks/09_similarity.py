"""What lesson 09 feeds an answer and collects from it: a few random vectors and numbers."""

from grading.jail.tasks import tensor


def of_vectors(measure, case):
    vectors = tensor(case["vectors"])
    return {"the matrix": measure(vectors)}


def number(value):
    """One number, whether it came as a tensor or not; nothing stays nothing."""
    return None if value is None else float(value)


def q9_1(cosine_matrix, case):
    return of_vectors(cosine_matrix, case)


def q9_2(euclidean_matrix, case):
    return of_vectors(euclidean_matrix, case)


def q9_3(cosine_from_distance, case):
    distances = tensor(case["distances"])
    return {"the cosines": cosine_from_distance(distances)}


def q9_4(auc, case):
    return {"the AUC": number(auc(tensor(case["within"]), tensor(case["across"])))}


def q9_6(anisotropy, case):
    vectors = tensor(case["vectors"])
    return {"the mean cosine": number(anisotropy(vectors))}


def q9_7(nearest, case):
    similarities = tensor(case["similarities"])
    return {"the neighbours": nearest(similarities)}
