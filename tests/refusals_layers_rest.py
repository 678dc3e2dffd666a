"""Wrong settings of the other layers."""

# As in `refusals`: a wrong call, and below it the error and how its message begins.
ROWS = """
CELU(alpha="a")
    ArgumentError: CELU: alpha must be a number, got 'a'
CELU(alpha=0)
    ArgumentError: CELU: alpha must not be 0, since x is divided by it
ELU(alpha=None)
    ArgumentError: ELU: alpha must be a number, got None
GELU(approximate="a")
    ArgumentError: GELU: approximate must be 'none' or 'tanh', got 'a'
AlphaDropout(p=1.5)
    ArgumentError: AlphaDropout: p must lie in 0..1, got 1.5
AlphaDropout(p=None)
    ArgumentError: AlphaDropout: p must be a number, got None
BCELoss(reduction="max")
    ArgumentError: BCELoss: reduction must be 'none', 'mean' or 'sum', got 'max'
BCELoss(weight="a")
    DtypeError: BCELoss: expected a tensor, an array or numbers, got str
BCEWithLogitsLoss(reduction="max")
    ArgumentError: BCEWithLogitsLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
BatchNorm1d(0)
    ArgumentError: BatchNorm1d: num_features must be an integer >= 1, got 0
BatchNorm1d(3, eps="a")
    ArgumentError: BatchNorm1d: eps must be a number, got 'a'
BatchNorm1d(3, momentum="a")
    ArgumentError: BatchNorm1d: momentum must be a number, got 'a'
BatchNorm2d(0)
    ArgumentError: BatchNorm2d: num_features must be an integer >= 1, got 0
BatchNorm2d(3, eps="a")
    ArgumentError: BatchNorm2d: eps must be a number, got 'a'
BatchNorm2d(3, momentum="a")
    ArgumentError: BatchNorm2d: momentum must be a number, got 'a'
Bilinear(0, 2, 3)
    ArgumentError: Bilinear: in1_features must be an integer >= 1, got 0
Bilinear(2, 2, 1.5)
    ArgumentError: Bilinear: out_features must be an integer, got 1.5
CosineEmbeddingLoss(reduction="max")
    ArgumentError: CosineEmbeddingLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
CosineEmbeddingLoss(margin=None)
    ArgumentError: CosineEmbeddingLoss: margin must be a number >= -1, got None
CosineSimilarity(dim=1.5)
    ArgumentError: CosineSimilarity: dim must be an integer, got 1.5
CosineSimilarity(eps="a")
    ArgumentError: CosineSimilarity: eps must be a number, got 'a'
CrossEntropyLoss(reduction="max")
    ArgumentError: CrossEntropyLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
CrossEntropyLoss(weight=zeros(2, 2))
    ShapeError: CrossEntropyLoss expects weight (C,), one number a class / got weight (2, 2)
DiceLoss(reduction="max")
    ArgumentError: DiceLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
DiceLoss(smooth="a")
    ArgumentError: DiceLoss: smooth must be a number >= 0, got 'a'
DropPath(p=1.5)
    ArgumentError: DropPath: p must lie in 0..1, got 1.5
DropPath(p=None)
    ArgumentError: DropPath: p must be a number, got None
Dropout(p=1.5)
    ArgumentError: Dropout: p must lie in 0..1, got 1.5
Dropout(p=None)
    ArgumentError: Dropout: p must be a number, got None
Dropout1d(p=1.5)
    ArgumentError: Dropout1d: p must lie in 0..1, got 1.5
Dropout1d(p=None)
    ArgumentError: Dropout1d: p must be a number, got None
Dropout2d(p=1.5)
    ArgumentError: Dropout2d: p must lie in 0..1, got 1.5
Dropout2d(p=None)
    ArgumentError: Dropout2d: p must be a number, got None
FeatureAlphaDropout(p=1.5)
    ArgumentError: FeatureAlphaDropout: p must lie in 0..1, got 1.5
FeatureAlphaDropout(p=None)
    ArgumentError: FeatureAlphaDropout: p must be a number, got None
Flatten(start_dim=1.5)
    ArgumentError: Flatten: start_dim must be an integer, got 1.5
GaussianNLLLoss(reduction="max")
    ArgumentError: GaussianNLLLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
GaussianNLLLoss(eps=0)
    ArgumentError: GaussianNLLLoss: eps must be a number > 0, got 0
GroupNorm(2, 3)
    ArgumentError: GroupNorm: 3 channels do not make 2 equal groups
GroupNorm(0, 4)
    ArgumentError: GroupNorm: num_groups must be an integer >= 1, got 0
Hardshrink(lambd="a")
    ArgumentError: Hardshrink: lambd must be a number, got 'a'
Hardtanh(1, -1)
    ArgumentError: Hardtanh: min_val 1 must be less than max_val -1
HingeEmbeddingLoss(reduction="max")
    ArgumentError: HingeEmbeddingLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
HingeEmbeddingLoss(margin="a")
    ArgumentError: HingeEmbeddingLoss: margin must be a number >= -inf, got 'a'
HuberLoss(reduction="max")
    ArgumentError: HuberLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
HuberLoss(delta=0)
    ArgumentError: HuberLoss: delta must be a number > 0, got 0
InstanceNorm1d(0)
    ArgumentError: InstanceNorm1d: num_features must be an integer >= 1, got 0
InstanceNorm1d(3, eps="a")
    ArgumentError: InstanceNorm1d: eps must be a number, got 'a'
InstanceNorm1d(3, momentum="a")
    ArgumentError: InstanceNorm1d: momentum must be a number, got 'a'
InstanceNorm2d(0)
    ArgumentError: InstanceNorm2d: num_features must be an integer >= 1, got 0
InstanceNorm2d(3, eps="a")
    ArgumentError: InstanceNorm2d: eps must be a number, got 'a'
InstanceNorm2d(3, momentum="a")
    ArgumentError: InstanceNorm2d: momentum must be a number, got 'a'
KLDivLoss(reduction="max")
    ArgumentError: KLDivLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
L1Loss(reduction="max")
    ArgumentError: L1Loss: reduction must be 'none', 'mean' or 'sum', got 'max'
LayerNorm(0)
    ArgumentError: LayerNorm: normalized_shape must be an integer >= 1, got 0
LayerNorm((2, -1))
    ArgumentError: LayerNorm: normalized_shape must be an integer >= 1, got -1
LayerNorm(2, eps="a")
    ArgumentError: LayerNorm: eps must be a number, got 'a'
LeakyReLU(negative_slope="a")
    ArgumentError: LeakyReLU: negative_slope must be a number, got 'a'
Linear(-1, 3)
    ArgumentError: Linear: in_features must be an integer >= 1, got -1
Linear(2, 1.5)
    ArgumentError: Linear: out_features must be an integer, got 1.5
LocalResponseNorm(0)
    ArgumentError: LocalResponseNorm: size must be an integer >= 1, got 0
LocalResponseNorm(2, alpha="a")
    ArgumentError: LocalResponseNorm: alpha must be a number, got 'a'
LogSoftmax(dim=1.5)
    ArgumentError: LogSoftmax: dim must be an integer, got 1.5
MSELoss(reduction="max")
    ArgumentError: MSELoss: reduction must be 'none', 'mean' or 'sum', got 'max'
MarginRankingLoss(reduction="max")
    ArgumentError: MarginRankingLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
MarginRankingLoss(margin=None)
    ArgumentError: MarginRankingLoss: margin must be a number >= -inf, got None
ModuleDict([1])
    ArgumentError: ModuleDict expects a dictionary or pairs of name and value, got list
ModuleDict({"a": 1})
    ArgumentError: ModuleDict expects modules, got int at 'a'
ModuleList([1])
    ArgumentError: ModuleList expects modules, got int at '0'
ModuleList(3)
    ArgumentError: ModuleList expects modules in a row, got int
NLLLoss(reduction="max")
    ArgumentError: NLLLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
NLLLoss(weight=zeros(2, 2))
    ShapeError: NLLLoss expects weight (C,), one number a class / got weight (2, 2)
PReLU(init="a")
    ArgumentError: PReLU: init must be a number, got 'a'
PairwiseDistance(p="a")
    ArgumentError: PairwiseDistance: p must be a number, got 'a'
Parameter("a")
    DtypeError: a tensor is made of numbers, got str 'a'
Parameter([1, 2])
    DtypeError: only float32 and float64 tensors can require grad, got int64; convert with .float()
ParameterDict(3)
    ArgumentError: ParameterDict expects a dictionary or pairs of name and value, got int
ParameterDict({"a": "b"})
    ArgumentError: ParameterDict expects parameters or tensors, got str
ParameterList(3)
    ArgumentError: ParameterList expects a list of parameters, got int; put it in brackets
PoissonNLLLoss(reduction="max")
    ArgumentError: PoissonNLLLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
PoissonNLLLoss(eps="a")
    ArgumentError: PoissonNLLLoss: eps must be a number >= 0, got 'a'
RMSNorm(-1)
    ArgumentError: RMSNorm: normalized_shape must be an integer >= 1, got -1
Residual(None)
    ArgumentError: Residual: body must be a module, got NoneType
Sequential(1)
    ArgumentError: Sequential expects modules, got int at '0'
SigmoidFocalLoss(reduction="max")
    ArgumentError: SigmoidFocalLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
SigmoidFocalLoss(gamma="a")
    ArgumentError: SigmoidFocalLoss: gamma must be a number >= 0, got 'a'
SmoothL1Loss(reduction="max")
    ArgumentError: SmoothL1Loss: reduction must be 'none', 'mean' or 'sum', got 'max'
SmoothL1Loss(beta=-1)
    ArgumentError: SmoothL1Loss: beta must be a number >= 0, got -1
SoftMarginLoss(reduction="max")
    ArgumentError: SoftMarginLoss: reduction must be 'none', 'mean' or 'sum', got 'max'
Softmax(dim=1.5)
    ArgumentError: Softmax: dim must be an integer, got 1.5
Softmin(dim=1.5)
    ArgumentError: Softmin: dim must be an integer, got 1.5
Softplus(beta="a")
    ArgumentError: Softplus: beta must be a number, got 'a'
Softshrink(lambd="a")
    ArgumentError: Softshrink: lambd must be a number, got 'a'
Threshold(None, 0.0)
    ArgumentError: Threshold: threshold must be a number, got None
Unflatten(1, (2, "a"))
    ArgumentError: Unflatten: unflattened_size must be an integer, got 'a'
Unflatten(None, (2, 3))
    ArgumentError: Unflatten: dim must be an integer, got None
"""
