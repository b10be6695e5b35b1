"""Kinds of network, by name."""

KINDS = {
    "resnet": "iatros.encoders.resnet:ResNet",
    "cnn": "iatros.encoders.cnn:CNN",
    "mlp": "iatros.encoders.mlp:MLP",
    "tabular_resnet": "iatros.encoders.tabular_resnet:TabularResNet",
}
