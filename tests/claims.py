"""Sentences of the lessons that state what their figures show, each with what makes it true.

A sentence stands in its lesson to the letter; its claim is evaluated at the end of the lesson, with
the lesson's own names. A sentence that a lesson computes needs no claim.
"""

CLAIMS: dict[str, dict[str, str]] = {
    "01": {
        "The creatures are *holes*": ("three['naive'].mean() > 0 and ratios['naive'] > 1"),
        "right on about three of four": ("0.65 < results['own files'][2] < 0.85"),
        "Not 50 %: *below* it": ("results['swapped files'][0] < 0.5"),
    },
    "02": {
        "In the median the maps beat the controls.": (
            "max(float(np.median(left[n])) for n in ('gradient', 'SmoothGrad')) < "
            "min(float(np.median(left[n])) for n in ('random dots', 'Sobel')) and "
            "float(np.median(left['occlusion'])) < float(np.median(left['random "
            "blocks']))"
        ),
        "Only SmoothGrad stays well below 1 on all six.": (
            "max(left['SmoothGrad']) < 0.6 and all(max(values) > 0.9 for name, values"
            " in left.items() if name != 'SmoothGrad')"
        ),
        "Random blocks do less harm than random dots": (
            "float(np.median(left['random blocks'])) > 1.2 * float(np.median(left['random dots']))"
        ),
    },
    "03": {
        "With 10 steps sums are off by up to 88 %": (
            "87 < max(abs(e) for rule in RULES for e in errors[rule, '10']) < 89"
        ),
        "with 200 midpoint steps by 1.5 % at most": (
            "max(map(abs, errors['midpoint', '200'])) < 1.55"
        ),
        "by less than 1 % on four of the six": (
            "sum(abs(e) < 1 for e in errors['midpoint', '200']) == 4"
        ),
    },
    "06": {
        "It is certain of all ten, more than of most real digits.": (
            "cnn(free).softmax(1)[EVERY, EVERY].min() > "
            "cnn(real[1500:]).softmax(1).amax(1).median()"
        ),
        "names all ten pictures as the first does": ("said['no prior'] == 10"),
        "the network is no surer of them than of the blots": (
            "cnn(drawn).softmax(1)[EVERY, EVERY].mean() < cnn(free).softmax(1)[EVERY,"
            " EVERY].mean() + 0.001"
        ),
        "Agreement is the same for all; naturalness is not.": ("set(said.values()) == {10}"),
        "it has seen 1,500 of the real digits": ("len(real) == 1797"),
        "without shaking it is *lower* than with all four": (
            "combinations[True, True, False, True]['total variation'] < "
            "combinations[(True,) * 4]['total variation']"
        ),
        "Wherever waves are ticked p is 1.": (
            "min(n['p'] for ticked, n in combinations.items() if ticked[0]) > 0.99"
        ),
        "on digits a second network agrees": ("said['no prior'] == 10"),
    },
    "07": {
        "without it the network is *more* sure": ("p[2] > p[0]"),
        "a third of all squares cost as much or more": ("11 <= worse['helmet'] <= 13"),
        "none of the 36 costs more": ("worse['face'] == 0"),
        "not the blob in the middle": (
            "abs(np.mean(curves['insertion, blur', 'Grad-CAM']) - "
            "np.mean(curves['insertion, blur', 'centre'])) < 0.05"
        ),
        "Grad-CAM does no better than *random* pixels": (
            "all(np.mean(curves[t, 'Grad-CAM']) > np.mean(curves[t, 'random']) for t "
            "in list(TESTS)[:2])"
        ),
        "stays the same (rank correlation above 0.99)": (
            "kept['head random'][list(METHODS).index('guided\\nbackprop')] > 0.99"
        ),
    },
    "08": {
        "The head that finds a noun is in the first quarter": ("rank <= len(order) / 4"),
        "more than a dozen heads without any story do more": ("rank - 1 > 12"),
    },
    "09": {
        "is wrong ten times out of ten": ("right[0] == 0"),
        "does no better than a coin": ("right[3] == 5 and max(contrast) == contrast[3]"),
        "Only layer 6, which neither the eye nor the contrast had picked, gets all": (
            "right[6] == 10 and sum(n == 10 for n in right) == 1"
        ),
        "every layer has an AUC of 1": (
            "min(auc_by_layer(first, first_senses, cosine_matrix)) == 1"
        ),
        "the wooden bat loses it there": (
            "corpus[neighbours[6][everyone.index('She bought a wooden bat for the "
            "baseball game.')]][2] == 'animal'"
        ),
        "the seal finds its like at layer 6 only": (
            "[corpus[neighbours[layer][everyone.index('A polar bear was hunting a "
            "young seal.')]][2] == 'animal' for layer in (0, 3, 6)] == [False, False,"
            " True]"
        ),
    },
}
