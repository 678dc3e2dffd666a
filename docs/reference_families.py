"""The families of the reference: their introductions, and which module belongs to which.

A new function is found by itself, in the family of its module; a new module needs a line in MODULES.
"""

FAMILIES = {  # file: (title, introduction)
    "tensor": (
        "Tensors",
        "A tensor is a numpy array that remembers how it was computed. Nearly every function of "
        "the other pages that takes a tensor first is a method, too; the table at the end says "
        "where each is explained.",
    ),
    "creation": (
        "Making tensors",
        "Numbers, lists and arrays become tensors; zeros, ones and random numbers are made in the "
        "shape that is asked for. What is random comes from the default generator, which starts "
        "at seed 0, or from the one that is given.",
    ),
    "elementwise": (
        "Arithmetic and functions of every value",
        "They work on each value, or on each pair of values after broadcasting: sizes of 1 are "
        "repeated. A number or an array may stand for a tensor. Where a function jumps, its "
        "gradient is 0.",
    ),
    "comparisons": (
        "Comparisons and logic",
        "They give booleans and have no gradient; use the result in `where`, as a mask, or as an index.",
    ),
    "reductions": (
        "Reductions and order",
        "Many values become one: over all dimensions, over one, or over several. `keepdim=True` "
        "keeps what was reduced as a size of 1, so that the result broadcasts against its input.",
    ),
    "indexing": (
        "Picking and indexing",
        "Values are picked by position, by mask or by label, and gradients go back to where they "
        "were picked.",
    ),
    "shape": (
        "Shapes",
        "The same values in another arrangement: cut, joined, turned, repeated, padded. Gradients "
        "take the way back.",
    ),
    "products": (
        "Products",
        "Matrix products, batches of them, and sums over any letters with `einsum`; the dense "
        "layer is one of them.",
    ),
    "convolution": (
        "Convolution",
        "Filters slide over sequences (N, C, L) or pictures (N, C, H, W). Functions take weights "
        "as arguments, layers own them. [theory.md](../theory.md) works the backward pass out by "
        "hand.",
    ),
    "pooling": (
        "Pooling",
        "Each window gives one number: its maximum, its mean, or another norm.",
    ),
    "resampling": (
        "Resampling",
        "Pictures become larger or smaller, are cut into patches and put together, or are read at "
        "given points.",
    ),
    "normalisation": (
        "Normalisation and dropout",
        "Normalisation gives values mean 0 and variance 1 over chosen dimensions; dropout sets "
        "some to 0 while a network is trained.",
    ),
    "activations": (
        "Activations",
        "Functions between layers. Each exists as a function and, under PyTorch's class name, as a layer.",
    ),
    "losses": (
        "Losses",
        "How far a prediction is from its target, as one number to minimise. `reduction` is "
        '"mean", "sum" or "none". Each exists as a function and as a layer.',
    ),
    "layers": (
        "Modules and containers",
        "A module holds parameters and other modules as its attributes, finds them, saves and loads them.",
    ),
    "initialisation": (
        "Starting values",
        "Functions that fill a parameter before training. They change the tensor, and return it.",
    ),
    "models": (
        "Models",
        "Whole networks, ready to train or to be read: each is nothing but layers.",
    ),
    "derivatives": (
        "Derivatives",
        "Gradients without `.grad`, higher derivatives, products with Jacobians and Hessians, and "
        "when the computation is recorded. [engine.md](../engine.md) shows how it works.",
    ),
    "engine": (
        "Operations of one's own",
        "For those who add operations: the decorator, the registry and the nodes of the graph. "
        "[ops.md](../ops.md) lists the operations that there are.",
    ),
    "optimisers": (
        "Optimisers",
        "They take gradients and change parameters; averages of weights and the clipping of "
        "gradients are here, too.",
    ),
    "schedules": (
        "Schedules of the learning rate",
        "Called after each epoch or step, they set the rate of an optimiser's groups.",
    ),
    "data": (
        "Data sets and loaders",
        "Pictures and arrays as data sets, and batches of them in an order that a seed decides. "
        "[data.md](../data.md) is the guide.",
    ),
    "transforms": (
        "Transforms",
        "Changes to pictures on their way into a batch. Whatever is random is drawn from the "
        "stream that is handed in.",
    ),
    "training": (
        "Training and metrics",
        "The loop, what is measured, and runs that survive being stopped. "
        "[training.md](../training.md) is the guide.",
    ),
    "pictures": (
        "Pictures",
        "What a network is and does, drawn or as a table. [pictures.md](../pictures.md) says how to read it.",
    ),
    "checks": (
        "Checks of gradients",
        "A gradient is compared with differences, and a mistake is named. "
        "[testing.md](../testing.md) is the guide.",
    ),
    "files": (
        "Files and interchange",
        "Weights and arrays to and from files and other libraries. Nothing that is read is executed.",
    ),
    "errors": (
        "Errors",
        "Each is also the built-in error that a caller would catch, and each message says what "
        "was expected, what came and what would fit.",
    ),
    "kernels": (
        "Kernels",
        "Numbers without derivatives: numpy arrays in, arrays out. They stand under the "
        "operations; use them for operations of your own. The rest of the package is explained in "
        "[design.md](../design.md).",
    ),
}

# The longest fitting name decides; `functional.loss` holds for functional/loss_shares.py, too.
MODULES = {
    "base": "engine",
    "base.modes": "derivatives",
    "core": "engine",
    "core.graph": "derivatives",
    "core.tensor": "tensor",
    "data": "data",
    "data.transforms": "transforms",
    "errors": "errors",
    "functional.activation": "activations",
    "functional.arithmetic": "elementwise",
    "functional.arrange": "shape",
    "functional.checkpoint": "derivatives",
    "functional.compare": "comparisons",
    "functional.conv": "convolution",
    "functional.create": "creation",
    "functional.custom": "derivatives",
    "functional.derivatives": "derivatives",
    "functional.dropout": "normalisation",
    "functional.einsum": "products",
    "functional.elementwise": "elementwise",
    "functional.extremes": "reductions",
    "functional.grid": "resampling",
    "functional.indexing": "indexing",
    "functional.interchange": "files",
    "functional.join": "shape",
    "functional.linear": "products",
    "functional.loss": "losses",
    "functional.masks": "indexing",
    "functional.moments": "reductions",
    "functional.normalise": "normalisation",
    "functional.norms": "reductions",
    "functional.order": "reductions",
    "functional.pad": "shape",
    "functional.pick": "indexing",
    "functional.pool": "pooling",
    "functional.products": "products",
    "functional.put": "indexing",
    "functional.reduce": "reductions",
    "functional.resample": "resampling",
    "functional.scan": "reductions",
    "functional.shape": "shape",
    "functional.shuffle": "resampling",
    "functional.unfold": "resampling",
    "functional.unpool": "pooling",
    "io": "files",
    "kernels": "kernels",
    "nn.activation": "activations",
    "nn.containers": "layers",
    "nn.conv": "convolution",
    "nn.distance": "reductions",
    "nn.dropout": "normalisation",
    "nn.init": "initialisation",
    "nn.linear": "products",
    "nn.lists": "layers",
    "nn.loss": "losses",
    "nn.models": "models",
    "nn.module": "layers",
    "nn.norm": "normalisation",
    "nn.padding": "shape",
    "nn.parameter": "layers",
    "nn.pool": "pooling",
    "nn.resample": "resampling",
    "nn.unpool": "pooling",
    "optim": "optimisers",
    "optim.lr_scheduler": "schedules",
    "testing": "checks",
    "train": "training",
    "viz": "pictures",
}

# Names that belong elsewhere than their module.
NAMES = {
    "REGISTRY": "engine",
    "bincount": "reductions",
    "core.wrap": "engine",
    "default_generator": "creation",
    "dropout": "normalisation",
    "gather": "indexing",
    "getitem": "indexing",
    "manual_seed": "creation",
    "nn.Dropout": "normalisation",
    "nn.Flatten": "shape",
    "nn.Unflatten": "shape",
    "tensor": "creation",
    "where": "indexing",
}
