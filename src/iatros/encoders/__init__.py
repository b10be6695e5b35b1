"""Kinds of network, by name."""

KINDS = {
    "bag": "iatros.encoders.bag:Bag",
    "resnet": "iatros.encoders.resnet:ResNet",
    "cnn": "iatros.encoders.cnn:CNN",
    "gated_cnn": "iatros.encoders.gated_cnn:GatedCNN",
    "rnn": "iatros.encoders.recurrent:Recurrent",
    "transformer": "iatros.encoders.transformer:Transformer",
    "mlp": "iatros.encoders.mlp:MLP",
    "tabular_resnet": "iatros.encoders.tabular_resnet:TabularResNet",
}
