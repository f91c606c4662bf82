"""Boosters and scikit-learn wrappers of LightGBM."""

LIBRARY = "lightgbm"


def objects():
    import lightgbm
    import numpy

    random = numpy.random.RandomState(7)
    table, labels = random.rand(24, 3), numpy.array([0, 1, 2] * 8)
    small = {"n_estimators": 2, "num_leaves": 2, "min_child_samples": 1, "n_jobs": 1, "verbose": -1}
    wrapped = {"num_leaves": 2, "min_data_in_leaf": 1, "verbose": -1, "num_threads": 1}
    yield "booster", lightgbm.train(dict(wrapped), lightgbm.Dataset(table, labels), 2)
    yield "classifier", lightgbm.LGBMClassifier(**small).fit(table, labels)
    yield "regressor", lightgbm.LGBMRegressor(**small).fit(table, labels)
    yield "ranker", lightgbm.LGBMRanker(**small).fit(table, labels, group=[12, 12])
    yield "unfitted", [lightgbm.LGBMClassifier(), lightgbm.LGBMModel(objective="regression")]
    yield "stopping", lightgbm.LGBMRegressor(**small).fit(table, labels, eval_set=[(table, labels)], callbacks=[lightgbm.early_stopping(1, verbose=False)])
    yield "crossed", lightgbm.cv(dict(wrapped), lightgbm.Dataset(table, labels), 2, nfold=2, stratified=False, return_cvbooster=True)["cvbooster"]
