"""The simulated radiographs: what may and what may not give the label away."""

import numpy as np
from scipy.ndimage import laplace
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from iatros.cases.simulated import radiographs


def test_statistics_of_brightness_do_not_give_the_label_away():
    made = radiographs(400, 64, seed=1)
    flat = made.images[:, 0].reshape(400, -1).astype(float)
    features = np.column_stack([flat.mean(1), flat.std(1), np.quantile(flat, (0.05, 0.25, 0.5, 0.75, 0.95), axis=1).T])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    score = cross_val_predict(model, features, made.labels, cv=5, method="predict_proba")[:, 1]
    assert 0.4 < roc_auc_score(made.labels, score) < 0.6


def test_the_amount_of_grain_does_not_tell_who_is_ill():
    made = radiographs(400, 64, seed=1)
    grain = [laplace(image.astype(float)).std() for image in made.images[:, 0]]
    assert roc_auc_score(made.labels, np.negative(grain)) < 0.9


def test_lesions_are_where_the_label_says_and_decoys_everywhere():
    made = radiographs(200, 48, seed=2)
    assert np.array_equal(made.lesion.any((1, 2)), made.labels == 1)
    assert made.decoy.any((1, 2)).all()
    assert not (made.lesion & made.decoy).any()


def test_the_same_seed_makes_the_same_images():
    assert np.array_equal(radiographs(6, 32, 5).images, radiographs(6, 32, 5).images)
