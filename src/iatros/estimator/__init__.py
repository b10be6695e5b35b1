"""scikit-learn's interface to a table study."""

from iatros.estimator.classifier import IatrosClassifier
from iatros.estimator.regressor import IatrosRegressor

__all__ = ["IatrosClassifier", "IatrosRegressor"]
