"""The mistakes that can be named: a code and what it means, in the words of a report."""

from .report import Diagnosis

CODES = {
    "sign": "the gradient has the wrong sign",
    "factor": "the gradient is the right one times a constant",
    "accumulated-twice": "the gradient seems to have been added more than once",
    "overwritten": "a value that is used several times received the gradient of some of its uses only: `=` "
    "where `+=` belongs",
    "not-unbroadcast": "the input was repeated by broadcasting; its gradient must be summed over what it was "
    "repeated along",
    "transposed": "axes of the gradient, or of another input in its formula, are swapped",
    "flipped": "the gradient, or another input in its formula, runs backward along an axis (a convolution's "
    "filter that was not flipped?)",
    "shifted": "it is the right gradient, some places beside where it belongs",
    "borders": "the gradient is right inside and wrong at the border: padding or cropping",
    "ties": "where values are equal, the gradient is not one that the function allows: who takes part in a "
    "tie, and with what share?",
    "incoming-gradient-ignored": "the gradient does not depend on the incoming gradient g: multiply with it",
    "not-linear": "the gradient is not linear in the incoming gradient g, as every backward pass must be",
    "jacobian-missing": "each output depends on several inputs, and the gradient lacks these cross terms (as "
    "in a softmax that is differentiated entry by entry)",
    "graph-cut": "no gradient arrives, though the function depends on the input: was the graph left on the "
    "way (numpy, .item(), detach, no_grad), or does the closure return zeros or None?",
    "batch-not-summed": "only one sample of the batch counts: sum the gradient over the batch",
    "stale": "the backward pass uses values of another call: captured data has changed since the forward "
    "pass (a shared buffer, a cache)",
    "dtype-loss": "the precision or the dtype of the input is lost on the way",
    "not-differentiable-again": "the gradient is right, but its own derivative is not: write closures in "
    "tensors and operations, never in raw arrays (x.data, x.numpy())",
    "nondeterministic": "two calls with the same inputs differ: draw random numbers outside, or from a "
    "generator that is seeded inside",
    "input-modified": "an input was written to: compute into an array of your own",
    "one-entry": "single entries of the gradient are wrong, all others are right",
    "region": "the gradient is wrong on one side of a threshold only: one branch of a piecewise function",
    "missing-factor": "the gradient is the right one times a factor that is not the same everywhere: a power "
    "of the input or of the result, a weight, a scale",
    "dropped-term": "a term of the formula is missing or wrong",
    "swapped": "two inputs got each other's gradient: are the closures returned in the order of the inputs?",
    "wrong-input": "the gradient is that of another input",
    "misplaced": "the values of the gradient are right, and lie at the wrong places: an index, a reshape, "
    "the order of a sort",
    "mask": "the gradient is right but for places where it is 0 and should not be, or should be 0 and is "
    "not: a mask is missing, or is not that of the forward pass",
    "wrong-axis": "the backward pass takes a sum or mean along another dimension than the forward pass",
    "wrong-shares": "what belongs to one entry is distributed among several, or the other way round: a "
    "maximum, a median, a mean, a soft maximum",
    "wrong-formula": "the derivative is taken from another formula than the right one",
    "some-lines": "the gradient is wrong in some rows, columns or channels, and right in all others",
    "not-finite": "the gradient is NaN or infinite where the function has a slope",
    "no-slope": "the function does not change, and the gradient is not 0: rounding, integers, or a result "
    "that was kept from an earlier call",
    "diffuse": "each entry is wrong by too little to see; only all of them together show it",
    "wrong-shape": "the gradient does not have the shape of its input",
    "backward-raised": "the backward pass raised an error",
    "memory-layout": "the result depends on how the input lies in memory (strides)",
}


def diagnosis(code: str, evidence: str, words: str = "") -> Diagnosis:
    """Name a mistake, with what was measured."""
    return Diagnosis(code, words or CODES[code], evidence)
