"""Wrong settings of the layers that work on lines and pictures."""

# As in `refusals`: a wrong call, and below it the error and how its message begins.
ROWS = """
AdaptiveAvgPool1d(-1)
    ArgumentError: AdaptiveAvgPool1d: output_size must be an integer >= 0, got -1
AdaptiveAvgPool1d(1.5)
    ArgumentError: AdaptiveAvgPool1d: output_size must be an integer, got 1.5
AdaptiveAvgPool2d((1, 2, 3))
    ArgumentError: AdaptiveAvgPool2d: output_size must be one integer or two, got (1, 2, 3)
AdaptiveAvgPool2d(-1)
    ArgumentError: AdaptiveAvgPool2d: output_size must be an integer >= 0, got -1
AdaptiveMaxPool1d(-1)
    ArgumentError: AdaptiveMaxPool1d: output_size must be an integer >= 0, got -1
AdaptiveMaxPool1d(1.5)
    ArgumentError: AdaptiveMaxPool1d: output_size must be an integer, got 1.5
AdaptiveMaxPool2d((1, 2, 3))
    ArgumentError: AdaptiveMaxPool2d: output_size must be one integer or two, got (1, 2, 3)
AdaptiveMaxPool2d(-1)
    ArgumentError: AdaptiveMaxPool2d: output_size must be an integer >= 0, got -1
AvgPool1d(0)
    ArgumentError: AvgPool1d: kernel_size must be an integer >= 1, got 0
AvgPool1d(2, stride=0)
    ArgumentError: AvgPool1d: stride must be an integer >= 1, got 0
AvgPool2d(0)
    ArgumentError: AvgPool2d: kernel_size must be an integer >= 1, got 0
AvgPool2d(2, stride=0)
    ArgumentError: AvgPool2d: stride must be an integer >= 1, got 0
ChannelShuffle(0)
    ArgumentError: ChannelShuffle: groups must be an integer >= 1, got 0
CircularPad1d((1, 2, 3))
    ArgumentError: CircularPad1d: padding must be one integer or 2, got (1, 2, 3)
CircularPad1d("a")
    ArgumentError: CircularPad1d: padding must be an integer, got 'a'
CircularPad2d((1, 2, 3))
    ArgumentError: CircularPad2d: padding must be one integer or 4, got (1, 2, 3)
CircularPad2d("a")
    ArgumentError: CircularPad2d: padding must be an integer, got 'a'
ConstantPad1d((1, 2, 3), 0.0)
    ArgumentError: ConstantPad1d: padding must be one integer or 2, got (1, 2, 3)
ConstantPad1d("a", 0.0)
    ArgumentError: ConstantPad1d: padding must be an integer, got 'a'
ConstantPad2d((1, 2, 3), 0.0)
    ArgumentError: ConstantPad2d: padding must be one integer or 4, got (1, 2, 3)
ConstantPad2d("a", 0.0)
    ArgumentError: ConstantPad2d: padding must be an integer, got 'a'
Conv1d(2, 4, 0)
    ArgumentError: Conv1d: kernel_size must be an integer >= 1, got 0
Conv1d(2, 4, 3, stride=0)
    ArgumentError: Conv1d: stride must be an integer >= 1, got 0
Conv1d(3, 4, 3, groups=2)
    ArgumentError: Conv1d: groups must divide in_channels and out_channels, got groups 2, in_channels 3,
Conv2d(2, 4, 0)
    ArgumentError: Conv2d: kernel_size must be an integer >= 1, got 0
Conv2d(2, 4, 3, stride=0)
    ArgumentError: Conv2d: stride must be an integer >= 1, got 0
Conv2d(3, 4, 3, groups=2)
    ArgumentError: Conv2d: groups must divide in_channels and out_channels, got groups 2, in_channels 3,
ConvTranspose1d(2, 4, 0)
    ArgumentError: ConvTranspose1d: kernel_size must be an integer >= 1, got 0
ConvTranspose1d(2, 4, 3, output_padding=1)
    ArgumentError: ConvTranspose1d: output_padding 1 must be smaller than stride 1 or dilation 1
ConvTranspose1d(2, 4, 3, padding_mode="reflect")
    ArgumentError: ConvTranspose1d: padding_mode must be 'zeros', got 'reflect'
ConvTranspose2d(2, 4, 0)
    ArgumentError: ConvTranspose2d: kernel_size must be an integer >= 1, got 0
ConvTranspose2d(2, 4, 3, output_padding=1)
    ArgumentError: ConvTranspose2d: output_padding (1, 1) must be smaller than stride (1, 1) or dilation (1,
ConvTranspose2d(2, 4, 3, padding_mode="reflect")
    ArgumentError: ConvTranspose2d: padding_mode must be 'zeros', got 'reflect'
Fold((4, 4), 0)
    ArgumentError: Fold: kernel_size must be an integer >= 1, got 0
Fold(-1, 2)
    ArgumentError: Fold: output_size must be an integer >= 1, got -1
LPPool1d(2, 0)
    ArgumentError: LPPool1d: kernel_size must be an integer >= 1, got 0
LPPool1d(2, 2, stride=0)
    ArgumentError: LPPool1d: stride must be an integer >= 1, got 0
LPPool2d(2, 0)
    ArgumentError: LPPool2d: kernel_size must be an integer >= 1, got 0
LPPool2d(2, 2, stride=0)
    ArgumentError: LPPool2d: stride must be an integer >= 1, got 0
MaxPool1d(0)
    ArgumentError: MaxPool1d: kernel_size must be an integer >= 1, got 0
MaxPool1d(2, stride=0)
    ArgumentError: MaxPool1d: stride must be an integer >= 1, got 0
MaxPool2d(0)
    ArgumentError: MaxPool2d: kernel_size must be an integer >= 1, got 0
MaxPool2d(2, stride=0)
    ArgumentError: MaxPool2d: stride must be an integer >= 1, got 0
MaxUnpool1d(0)
    ArgumentError: MaxUnpool1d: kernel_size must be an integer >= 1, got 0
MaxUnpool1d(2, stride=-1)
    ArgumentError: MaxUnpool1d: stride must be an integer >= 1, got -1
MaxUnpool2d(0)
    ArgumentError: MaxUnpool2d: kernel_size must be an integer >= 1, got 0
MaxUnpool2d(2, padding=-1)
    ArgumentError: MaxUnpool2d: padding must be an integer >= 0, got -1
PixelShuffle(0)
    ArgumentError: PixelShuffle: upscale_factor must be an integer >= 1, got 0
PixelUnshuffle(-1)
    ArgumentError: PixelUnshuffle: downscale_factor must be an integer >= 1, got -1
ReflectionPad1d((1, 2, 3))
    ArgumentError: ReflectionPad1d: padding must be one integer or 2, got (1, 2, 3)
ReflectionPad1d("a")
    ArgumentError: ReflectionPad1d: padding must be an integer, got 'a'
ReflectionPad2d((1, 2, 3))
    ArgumentError: ReflectionPad2d: padding must be one integer or 4, got (1, 2, 3)
ReflectionPad2d("a")
    ArgumentError: ReflectionPad2d: padding must be an integer, got 'a'
ReplicationPad1d((1, 2, 3))
    ArgumentError: ReplicationPad1d: padding must be one integer or 2, got (1, 2, 3)
ReplicationPad1d("a")
    ArgumentError: ReplicationPad1d: padding must be an integer, got 'a'
ReplicationPad2d((1, 2, 3))
    ArgumentError: ReplicationPad2d: padding must be one integer or 4, got (1, 2, 3)
ReplicationPad2d("a")
    ArgumentError: ReplicationPad2d: padding must be an integer, got 'a'
SeparableConv2d(2, 4, 3, depth_multiplier=0)
    ArgumentError: SeparableConv2d: depth_multiplier must be an integer >= 1, got 0
Unfold(0)
    ArgumentError: Unfold: kernel_size must be an integer >= 1, got 0
Unfold(2, stride=0)
    ArgumentError: Unfold: stride must be an integer >= 1, got 0
Upsample()
    ArgumentError: Upsample: give either size or scale_factor
UpsamplingBilinear2d()
    ArgumentError: UpsamplingBilinear2d: give either size or scale_factor
UpsamplingNearest2d()
    ArgumentError: UpsamplingNearest2d: give either size or scale_factor
ZeroPad1d((1, 2, 3))
    ArgumentError: ZeroPad1d: padding must be one integer or 2, got (1, 2, 3)
ZeroPad1d("a")
    ArgumentError: ZeroPad1d: padding must be an integer, got 'a'
ZeroPad2d((1, 2, 3))
    ArgumentError: ZeroPad2d: padding must be one integer or 4, got (1, 2, 3)
ZeroPad2d("a")
    ArgumentError: ZeroPad2d: padding must be an integer, got 'a'
"""
