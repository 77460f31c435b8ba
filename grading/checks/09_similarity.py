"""Lesson 09: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch
import torch.nn.functional as F

from grading.exercise import Exercise, choice


def vector_cases(seed: int) -> list[dict]:
    """Six and five vectors of very different lengths, neither square nor centred."""
    rng = np.random.default_rng(seed)
    return [
        {
            "vectors": (
                rng.uniform(0.5, 3, (n, 1)) * (rng.normal(size=(n, d)) + rng.uniform(0.2, 0.6))
            ).astype("f4")
        }
        for n, d in ((6, 4), (5, 7))
    ]


# 9.1 Cosine similarity

cosine_matrix = Exercise(
    "9.1",
    "cosine_matrix",
    points=2,
    minutes=6,
    cases=vector_cases,
    hints=(
        "The dot product of two vectors that have both been divided by their length.",
        "The lengths are `vectors.norm(dim=1, keepdim=True)`, shape (N,1).",
        "All dot products at once are a matrix product of (N,D) with (D,N).",
    ),
)


def unit(vectors):
    return vectors / vectors.norm(dim=1, keepdim=True)


@cosine_matrix.misconception(
    "This is 1 − cosine, the cosine *distance*: it is 0 where two vectors agree. The similarity "
    "is the cosine itself, 1 where they agree."
)
def one_minus_cosine(vectors):
    return 1 - unit(vectors) @ unit(vectors).T


@cosine_matrix.misconception("These are dot products. Divide by the lengths of both vectors.")
def dot_products(vectors):
    return vectors @ vectors.T


@cosine_matrix.misconception("You divided by the length of one of the two only; divide by both.")
def one_length(vectors):
    return unit(vectors) @ vectors.T


@cosine_matrix.misconception("You divided by the length of one of the two only; divide by both.")
def the_other_length(vectors):
    return vectors @ unit(vectors).T


@cosine_matrix.misconception(
    "You divided by *squared* lengths. A length is the root of the sum of squares."
)
def squared_lengths(vectors):
    shorter = vectors / (vectors**2).sum(1, keepdim=True)
    return shorter @ shorter.T


@cosine_matrix.misconception(
    "You normalised the columns. A vector is a row, so take its length over dim 1."
)
def columns_normalised(vectors):
    by_column = vectors / vectors.norm(dim=0, keepdim=True)
    return by_column @ by_column.T


@cosine_matrix.misconception(
    "You subtracted each vector's mean first: that is Pearson's correlation, not the cosine."
)
def correlation(vectors):
    return torch.corrcoef(vectors)


@cosine_matrix.misconception("You took the absolute value; opposite directions have cosine −1.")
def absolute_cosine(vectors):
    return (unit(vectors) @ unit(vectors).T).abs()


@cosine_matrix.misconception(
    "This is the angle, arccos of the cosine: it is 0 where two vectors agree."
)
def angle(vectors):
    return torch.arccos((unit(vectors) @ unit(vectors).T).clamp(-1, 1))


@cosine_matrix.misconception(
    "You divided by the row's own length squared. Divide by both lengths: that of the row's vector "
    "and that of the column's."
)
def own_length_squared(vectors):
    return vectors @ vectors.T / vectors.norm(dim=1, keepdim=True) ** 2


@cosine_matrix.alternative
def with_cosine_similarity(vectors):
    return F.cosine_similarity(vectors[:, None], vectors[None], dim=2)


@cosine_matrix.alternative
def from_dot_products(vectors):
    dots = vectors @ vectors.T
    lengths = dots.diagonal().sqrt()
    return dots / torch.outer(lengths, lengths)


@cosine_matrix.alternative
def cosine_by_loops(vectors):
    rows = [[torch.dot(a, b) / (a.norm() * b.norm()) for b in vectors] for a in vectors]
    return torch.tensor(rows)


# 9.2 Euclidean distance

euclidean_matrix = Exercise(
    "9.2",
    "euclidean_matrix",
    points=2,
    minutes=5,
    cases=vector_cases,
    tolerance=1e-3,  # the root of a rounding error is large on the diagonal
    hints=(
        "Differences, squared, summed over the D numbers, and then a root.",
        "`vectors[:, None] - vectors[None]` has shape (N,N,D).",
        "`.norm(dim=2)` squares, sums and takes the root in one go.",
    ),
)


def differences(vectors):
    return vectors[:, None] - vectors[None]


@euclidean_matrix.misconception("The root is missing: these are squared distances.")
def squared_distance(vectors):
    return (differences(vectors) ** 2).sum(2)


@euclidean_matrix.misconception(
    "You took the mean of the squares, not their sum, so that all is too small by √D."
)
def mean_of_squares(vectors):
    return (differences(vectors) ** 2).mean(2).sqrt()


@euclidean_matrix.misconception(
    "You added up absolute differences: that is the Manhattan distance. Square, add, take the root."
)
def manhattan(vectors):
    return differences(vectors).abs().sum(2)


@euclidean_matrix.misconception(
    "You divided the vectors by their lengths first. The Euclidean distance takes them as they are."
)
def between_unit_vectors(vectors):
    return differences(unit(vectors)).norm(dim=2)


@euclidean_matrix.misconception(
    "You made it negative, a similarity. A distance is 0 or more; the sign is turned later."
)
def negative_distance(vectors):
    return -differences(vectors).norm(dim=2)


@euclidean_matrix.misconception(
    "You subtracted the lengths. Two vectors of equal length can still be far apart."
)
def difference_of_lengths(vectors):
    lengths = vectors.norm(dim=1)
    return (lengths[:, None] - lengths[None]).abs()


@euclidean_matrix.misconception(
    "You turned the distance into a similarity, 1/(1 + d). Return the distance itself."
)
def as_similarity(vectors):
    return 1 / (1 + differences(vectors).norm(dim=2))


@euclidean_matrix.alternative
def with_cdist(vectors):
    return torch.cdist(vectors, vectors)


@euclidean_matrix.alternative
def from_the_square(vectors):
    squares = (vectors**2).sum(1)
    d2 = squares[:, None] + squares[None] - 2 * vectors @ vectors.T
    return d2.clamp(min=0).sqrt()


@euclidean_matrix.alternative
def distance_by_loops(vectors):
    return torch.tensor([[((a - b) ** 2).sum().sqrt() for b in vectors] for a in vectors])


# 9.3 Cosine from the distance of unit vectors


def unit_distance_cases(seed: int) -> list[dict]:
    """Distances between unit vectors, up to 2 (opposite), in two shapes."""
    rng = np.random.default_rng(seed)
    cases = []
    for n, d in ((5, 3), (7, 2)):
        vectors = rng.normal(size=(n, d))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        matrix = np.linalg.norm(vectors[:, None] - vectors[None], axis=2).astype("f4")
        cases.append({"distances": matrix if d == 3 else np.append(matrix[0], 2).astype("f4")})
    return cases


cosine_from_distance = Exercise(
    "9.3",
    "cosine_from_distance",
    points=1,
    minutes=3,
    cases=unit_distance_cases,
    hints=(
        "Solve d² = 2 − 2·cos for the cosine.",
        "Test it by hand: d = 0 must give 1, d = √2 gives 0, d = 2 gives −1.",
        "Half of the squared distance is what is missing to 1.",
    ),
)


@cosine_from_distance.misconception("You used d where the formula has d²: square the distance.")
def distance_not_squared(distances):
    return 1 - distances / 2


@cosine_from_distance.misconception(
    "1 − d is no cosine: at a right angle d is √2, and the cosine should be 0."
)
def one_minus_distance(distances):
    return 1 - distances


@cosine_from_distance.misconception("You forgot to divide by 2: opposite vectors would give −3.")
def not_halved(distances):
    return 1 - distances**2


@cosine_from_distance.misconception("This is d²/2 = 1 − cos, the cosine distance; take it from 1.")
def cosine_distance(distances):
    return distances**2 / 2


@cosine_from_distance.misconception("Solve for the cosine: 2 − d² is twice as much.")
def twice(distances):
    return 2 - distances**2


@cosine_from_distance.misconception(
    "The straight distance is not the angle between the vectors, so cos(d) is not it."
)
def as_an_angle(distances):
    return torch.cos(distances)


@cosine_from_distance.misconception(
    "This goes the other way, from cosines to distances: √(2 − 2·cos)."
)
def the_other_way(distances):
    return (2 - 2 * distances).clamp(min=0).sqrt()


@cosine_from_distance.misconception("Solve for the cosine: d² = 2 − 2 cos gives 1 − d²/2.")
def the_wrong_way_round(distances):
    return 2 - 2 * distances**2


@cosine_from_distance.misconception(
    "You cut at 0. Vectors that point apart have negative cosines, down to −1."
)
def cut_at_zero(distances):
    return (1 - distances**2 / 2).clamp(0, 1)


@cosine_from_distance.alternative
def one_fraction(distances):
    return (2 - distances * distances) / 2


@cosine_from_distance.alternative
def by_the_half_angle(distances):
    return torch.cos(2 * torch.arcsin((distances / 2).clamp(max=1)))


# 9.4 AUC


def pair_cases(seed: int) -> list[dict]:
    """Similarities rounded to tenths, so that there are ties; 10 and 15 numbers, then 9 and 7."""
    rng = np.random.default_rng(seed)
    cases = []
    for n, m, gap in ((10, 15, 0.15), (9, 7, -0.1)):
        within = (rng.normal(gap, 0.25, n)).round(1).astype("f4")
        across = (rng.normal(0, 0.25, m)).round(1).astype("f4")
        across[0], across[1] = within[0], within[1]
        cases.append({"within": within, "across": across})
    return cases


auc = Exercise(
    "9.4",
    "auc",
    points=2,
    minutes=12,
    difficulty=2,
    cases=pair_cases,
    hints=(
        "There are n·m couples: one number of `within`, one of `across`. Compare each.",
        "`within[:, None] - across[None]` holds all n·m differences, shape (n,m).",
        "Differences above 0 count 1, those of exactly 0 count ½; take the mean.",
    ),
)


def couples(within, across):
    return within[:, None] - across[None]


@auc.misconception("Ties count nothing in yours; they count half.")
def ties_count_nothing(within, across):
    return (couples(within, across) > 0).float().mean()


@auc.naively(ties_count_nothing)
def ties_count_nothing_naively(within, across):
    wins = 0
    for a in within:
        for b in across:
            if a > b:
                wins += 1
    return wins / (len(within) * len(across))


@auc.misconception("Ties count fully in yours; they count half.")
def ties_count_one(within, across):
    return (couples(within, across) >= 0).float().mean()


@auc.naively(ties_count_one)
def ties_count_one_naively(within, across):
    scores = []
    for a in within.tolist():
        for b in across.tolist():
            if a < b:
                scores.append(0)
            else:
                scores.append(1)
    return sum(scores) / len(scores)


@auc.misconception(
    "You counted where `across` is larger. These are similarities: a good layer has larger ones "
    "within a sense."
)
def turned_round(within, across):
    d = couples(across, within)
    return ((d > 0).float() + 0.5 * (d == 0).float()).mean()


@auc.naively(turned_round)
def turned_round_naively(within, across):
    score = 0
    for a in within:
        for b in across:
            if b > a:
                score += 1
            elif a == b:
                score += 0.5
    return score / (len(within) * len(across))


@auc.misconception(
    "This is the difference of the two means: it depends on the scale. Count couples instead."
)
def difference_of_means(within, across):
    return within.mean() - across.mean()


@auc.naively(difference_of_means)
def difference_of_means_naively(within, across):
    differences = []
    for a in within.numpy():
        for b in across.numpy():
            differences.append(a - b)
    return np.mean(differences)


@auc.misconception(
    "You did not divide by the number of couples, n·m: this is the Mann–Whitney U itself."
)
def mann_whitney_u(within, across):
    d = couples(within, across)
    return (d > 0).float().sum() + 0.5 * (d == 0).float().sum()


@auc.naively(mann_whitney_u)
def mann_whitney_u_naively(within, across):
    score = 0
    for a in within.tolist():
        for b in across.tolist():
            if a > b:
                score += 1
            elif a == b:
                score += 0.5
    return score


@auc.misconception(
    "You compared with the *mean* of `across` only. Compare with every one of its numbers."
)
def above_the_mean(within, across):
    return (within > across.mean()).float().mean()


@auc.naively(above_the_mean)
def above_the_mean_naively(within, across):
    mean = sum(across) / len(across)
    count = 0
    for a in within:
        if a > mean:
            count += 1
    return count / len(within)


@auc.misconception(
    "You compared number by number in their order. Every couple counts, n·m of them."
)
def side_by_side(within, across):
    k = min(len(within), len(across))
    d = within[:k] - across[:k]
    return ((d > 0).float() + 0.5 * (d == 0).float()).mean()


@auc.naively(side_by_side)
def side_by_side_naively(within, across):
    scores = []
    for a, b in zip(within, across, strict=False):
        if a > b:
            scores.append(1.0)
        elif a == b:
            scores.append(0.5)
        else:
            scores.append(0.0)
    return np.mean(scores)


@auc.misconception("You divided by n·n. There are n·m couples: n within, m across.")
def n_times_n(within, across):
    wins = (within[:, None] > across).sum() + 0.5 * (within[:, None] == across).sum()
    return wins.item() / len(within) ** 2


@auc.naively(n_times_n)
def n_times_n_naively(within, across):
    n = len(within)
    score = 0
    for i in range(n):
        score += (within[i] > across).sum().item()
        score += (within[i] == across).sum().item() / 2
    return score / (n * n)


@auc.alternative
def by_ranks(within, across):
    both = torch.cat([within, across])
    below = (both[None] < both[:, None]).sum(1)
    ranks = below + ((both[None] == both[:, None]).sum(1) + 1) / 2
    n, m = len(within), len(across)
    return ((ranks[:n].sum() - n * (n + 1) / 2) / (n * m)).item()


@auc.alternative
def by_sign(within, across):
    return (1 + torch.sign(couples(within, across)).mean()) / 2


@auc.alternative
def auc_by_loops(within, across):
    score = 0.0
    for a in within.tolist():
        for b in across.tolist():
            score += 1.0 if a > b else 0.5 if a == b else 0.0
    return score / (len(within) * len(across))


place_not_sense = choice(
    "9.5",
    key="B",
    points=1,
    minutes=3,
    feedback={
        "A": "This tokenizer lowers all letters: *apple* and *Apple* are one token. And the new "
        "sentences have capitals too, where layer 0 fails.",
        "B": "The company is always token 1, the fruit always token 7. In the new sentences it is "
        "the other way round, and so are the answers.",
        "C": "The embedding of a word is one vector; nothing at layer 0 can pick, since no other "
        "word takes part.",
        "D": "Words change each other only in a layer's attention; layer 0 is before the first.",
    },
)


# 9.6 Anisotropy

anisotropy = Exercise(
    "9.6",
    "anisotropy",
    points=2,
    minutes=10,
    difficulty=2,
    cases=vector_cases,
    hints=(
        "First the (N,N) matrix of cosines, written out here once more.",
        "The N ones on its diagonal are not pairs of different rows.",
        "N·(N − 1) entries are left; add up without the diagonal and divide by that.",
    ),
)


def cosines(vectors):
    return unit(vectors) @ unit(vectors).T


@anisotropy.misconception("You counted each vector's cosine with itself too, N times 1.")
def with_the_diagonal(vectors):
    return cosines(vectors).mean()


@anisotropy.naively(with_the_diagonal)
def with_the_diagonal_naively(vectors):
    n = len(vectors)
    cosines = []
    for i in range(n):
        for j in range(i, n):
            cosines.append(F.cosine_similarity(vectors[i], vectors[j], dim=0))
    return sum(cosines) / len(cosines)


@anisotropy.misconception("You left the diagonal out of the sum but divided by N² all the same.")
def divided_by_all(vectors):
    n = len(vectors)
    return (cosines(vectors).sum() - n) / n**2


@anisotropy.naively(divided_by_all)
def divided_by_all_naively(vectors):
    lengths = vectors.norm(dim=1)
    matrix = vectors @ vectors.T / lengths[:, None] / lengths[None, :]
    matrix.fill_diagonal_(0)
    return matrix.mean()


@anisotropy.misconception(
    "You added up half of the matrix but divided by all N·(N − 1) pairs: half as many are left."
)
def half_of_it(vectors):
    n = len(vectors)
    return cosines(vectors).triu(1).sum() / (n * (n - 1))


@anisotropy.naively(half_of_it)
def half_of_it_naively(vectors):
    n = len(vectors)
    total = 0
    for i in range(n):
        for j in range(i + 1, n):
            total += F.cosine_similarity(vectors[i], vectors[j], dim=0).item()
    return total / (n * (n - 1))


@anisotropy.misconception("You took dot products. Divide the vectors by their lengths first.")
def mean_dot_product(vectors):
    n, dots = len(vectors), vectors @ vectors.T
    return (dots.sum() - dots.trace()) / (n * (n - 1))


@anisotropy.naively(mean_dot_product)
def mean_dot_product_naively(vectors):
    products = []
    for i in range(len(vectors)):
        for j in range(len(vectors)):
            if i != j:
                products.append(torch.dot(vectors[i], vectors[j]))
    return torch.stack(products).mean()


@anisotropy.misconception(
    "You took absolute values: opposite directions must cancel, else no cloud is ever at 0."
)
def mean_absolute(vectors):
    n = len(vectors)
    return (cosines(vectors).abs().sum() - n) / (n * (n - 1))


@anisotropy.naively(mean_absolute)
def mean_absolute_naively(vectors):
    total, pairs = 0, 0
    for i in range(len(vectors)):
        for j in range(i):
            cosine = F.cosine_similarity(vectors[i], vectors[j], dim=0)
            total += abs(cosine.item())
            pairs += 1
    return total / pairs


@anisotropy.misconception(
    "You subtracted the mean vector first. That is the correction; measure the cone before it."
)
def centred_first(vectors):
    n = len(vectors)
    return (cosines(vectors - vectors.mean(0)).sum() - n) / (n * (n - 1))


@anisotropy.naively(centred_first)
def centred_first_naively(vectors):
    x = vectors.clone()
    for k in range(x.shape[1]):
        x[:, k] -= x[:, k].mean()
    cosines = []
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            cosines.append(F.cosine_similarity(x[i], x[j], dim=0))
    return torch.stack(cosines).mean()


@anisotropy.misconception("This is the mean of 1 − cos, a distance.")
def mean_distance(vectors):
    n = len(vectors)
    return 1 - (cosines(vectors).sum() - n) / (n * (n - 1))


@anisotropy.naively(mean_distance)
def mean_distance_naively(vectors):
    distances = []
    for i in range(len(vectors)):
        for j in range(len(vectors)):
            if i != j:
                cosine = F.cosine_similarity(vectors[i], vectors[j], dim=0)
                distances.append(1 - cosine.item())
    return np.mean(distances)


@anisotropy.misconception(
    "You took the cosine of each vector with the mean vector. Compare the vectors with each other."
)
def cosine_with_the_mean(vectors):
    return F.cosine_similarity(vectors, vectors.mean(0, keepdim=True), dim=1).mean()


@anisotropy.naively(cosine_with_the_mean)
def cosine_with_the_mean_naively(vectors):
    center = torch.zeros(vectors.shape[1])
    for v in vectors:
        center += v / len(vectors)
    total = 0
    for v in vectors:
        total += torch.dot(v, center) / (v.norm() * center.norm())
    return total / len(vectors)


@anisotropy.misconception(
    "`triu` leaves zeros, and the mean counts them too. Divide the sum by the number of pairs."
)
def mean_with_zeros(vectors):
    unit = F.normalize(vectors, dim=1)
    return (unit @ unit.T).triu(1).mean().item()


@anisotropy.naively(mean_with_zeros)
def mean_with_zeros_naively(vectors):
    x = vectors.numpy()
    lengths = np.sqrt((x**2).sum(axis=1))
    matrix = x @ x.T / np.outer(lengths, lengths)
    return np.triu(matrix, k=1).mean()


@anisotropy.misconception("You compared neighbouring rows only. All pairs count.")
def neighbours_only(vectors):
    return F.cosine_similarity(vectors[:-1], vectors[1:], dim=1).mean().item()


@anisotropy.naively(neighbours_only)
def neighbours_only_naively(vectors):
    cosines = []
    for i in range(len(vectors) - 1):
        a, b = vectors[i], vectors[i + 1]
        cosines.append((a @ b / (a.norm() * b.norm())).item())
    return sum(cosines) / len(cosines)


@anisotropy.alternative
def upper_triangle(vectors):
    i, j = torch.triu_indices(len(vectors), len(vectors), 1)
    return F.cosine_similarity(vectors[i], vectors[j], dim=1).mean().item()


@anisotropy.alternative
def without_a_matrix(vectors):
    n = len(vectors)
    return ((unit(vectors).sum(0) ** 2).sum() - n) / (n * (n - 1))


@anisotropy.alternative
def off_the_diagonal(vectors):
    return cosines(vectors)[~torch.eye(len(vectors), dtype=torch.bool)].mean()


# 9.7 Nearest neighbour


def similarity_cases(seed: int) -> list[dict]:
    """Cosines of both signs; minus distances, the nearest above −1 in half of the rows; numbers
    that are not symmetric, with a diagonal that is not the largest.
    """
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(8, 3))
    unit_rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    distances = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    distances /= np.median(np.sort(distances, axis=1)[:, 1])
    return [
        {"similarities": (unit_rows @ unit_rows.T).astype("f4")},
        {"similarities": -distances.astype("f4")},
        {"similarities": np.where(np.eye(8), -np.inf, rng.normal(size=(8, 8))).astype("f4")},
    ]


nearest = Exercise(
    "9.7",
    "nearest",
    points=2,
    minutes=8,
    difficulty=2,
    cases=similarity_cases,
    hints=(
        "The largest of each row is the item itself. How can it be kept out?",
        "Put something on the diagonal that can never be the largest, in a copy.",
        "`masked_fill` with a boolean `torch.eye` gives a copy; then `argmax` over the columns.",
    ),
)


def filled(similarities, value):
    return similarities.masked_fill(torch.eye(len(similarities), dtype=torch.bool), value)


@nearest.misconception("Each item found itself. Keep the diagonal out.")
def finds_itself(similarities):
    return similarities.argmax(1)


@nearest.naively(finds_itself)
def finds_itself_naively(similarities):
    found = []
    for row in similarities:
        found.append(row.argmax().item())
    return torch.tensor(found)


@nearest.misconception("You took the *least* similar one. Larger is more alike here.")
def the_farthest(similarities):
    return similarities.argmin(1)


@nearest.naively(the_farthest)
def the_farthest_naively(similarities):
    n = len(similarities)
    found = torch.zeros(n, dtype=torch.int64)
    for i in range(n):
        least = float("inf")
        for j in range(n):
            if j != i and similarities[i, j] < least:
                least = similarities[i, j]
                found[i] = j
    return found


@nearest.misconception(
    "You put 0 on the diagonal. Where all similarities are negative, 0 is still the largest: use "
    "−∞."
)
def zero_on_the_diagonal(similarities):
    return filled(similarities, 0.0).argmax(1)


@nearest.naively(zero_on_the_diagonal)
def zero_on_the_diagonal_naively(similarities):
    others = 1 - torch.eye(len(similarities))
    return torch.argmax(similarities * others, dim=1)


@nearest.misconception(
    "You put −1 on the diagonal. Cosines end there, but minus a distance goes far below: use −∞."
)
def minus_one_on_the_diagonal(similarities):
    return filled(similarities, -1.0).argmax(1)


@nearest.naively(minus_one_on_the_diagonal)
def minus_one_on_the_diagonal_naively(similarities):
    table = similarities.numpy().copy()
    np.fill_diagonal(table, -1)
    return torch.from_numpy(table.argmax(axis=1))


@nearest.misconception(
    "The neighbours are right, but you wrote into the matrix that you were given. Fill a copy."
)
def in_place(similarities):
    return similarities.fill_diagonal_(-torch.inf).argmax(1)


@nearest.naively(in_place)
def in_place_naively(similarities):
    found = []
    for i in range(len(similarities)):
        row = similarities[i]
        row[i] = -float("inf")
        found.append(row.argmax())
    return torch.stack(found)


@nearest.misconception(
    "You returned how similar the neighbour is. Asked is *which* it is, its column."
)
def the_value(similarities):
    return filled(similarities, -torch.inf).max(1).values


@nearest.naively(the_value)
def the_value_naively(similarities):
    values = []
    for i in range(len(similarities)):
        row = similarities[i].clone()
        row[i] = -float("inf")
        values.append(max(row))
    return torch.stack(values)


@nearest.misconception("This is the second nearest: the diagonal was left out already.")
def one_too_far(similarities):
    return filled(similarities, -torch.inf).topk(2, dim=1).indices[:, 1]


@nearest.naively(one_too_far)
def one_too_far_naively(similarities):
    found = []
    for i in range(len(similarities)):
        row = similarities[i].clone()
        row[i] = -float("inf")
        found.append(row.argsort()[-2])
    return torch.stack(found)


@nearest.misconception(
    "You removed the diagonal and counted the columns that were left: those after it are one off."
)
def shifted_columns(similarities):
    n = len(similarities)
    others = similarities[~torch.eye(n, dtype=torch.bool)].reshape(n, n - 1)
    return others.argmax(1)


@nearest.naively(shifted_columns)
def shifted_columns_naively(similarities):
    found = []
    for i, row in enumerate(similarities.tolist()):
        row.pop(i)
        found.append(row.index(max(row)))
    return torch.tensor(found)


@nearest.misconception(
    "You took the second largest, counting on the item itself being the largest. It need not be: "
    "the diagonal may hold anything, and a copy may be as near."
)
def second_of_all(similarities):
    return similarities.argsort(dim=1, descending=True)[:, 1]


@nearest.naively(second_of_all)
def second_of_all_naively(similarities):
    found = []
    for row in similarities.tolist():
        second = sorted(row)[-2]
        found.append(row.index(second))
    return torch.tensor(found)


@nearest.misconception("You looked down the columns; asked is the best *column* of each row.")
def down_the_columns(similarities):
    return filled(similarities, -torch.inf).argmax(0)


@nearest.naively(down_the_columns)
def down_the_columns_naively(similarities):
    found = []
    for i in range(len(similarities)):
        column = similarities[:, i].clone()
        column[i] = -float("inf")
        found.append(column.argmax())
    return torch.stack(found)


@nearest.alternative
def on_a_copy(similarities):
    copy = similarities.clone()
    copy.fill_diagonal_(-torch.inf)
    return copy.max(dim=1).indices


@nearest.alternative
def neighbour_by_loops(similarities):
    n = len(similarities)
    found = [
        max((j for j in range(n) if j != i), key=lambda j: row[j])
        for i, row in enumerate(similarities)
    ]
    return torch.tensor(found)


which_to_trust = choice(
    "9.8",
    key="B",
    points=1,
    minutes=3,
    feedback={
        "A": "It lies closer because it is short: the same *of* is nearest to a dozen words and "
        "more that it has nothing to do with.",
        "B": "Where length carries something that you did not ask for, take it out. On unit "
        "vectors the distance, too, gives *carried*.",
        "C": "They answer different questions, and you asked one of them. A mean of the two "
        "rankings answers neither.",
        "D": "‖b‖ = ‖a‖·cos holds in any number of dimensions.",
    },
)
