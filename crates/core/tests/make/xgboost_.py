"""Boosters and scikit-learn wrappers of XGBoost."""

LIBRARY = "xgboost"


def objects():
    import numpy
    import xgboost

    random = numpy.random.RandomState(7)
    table, labels = random.rand(24, 3), numpy.array([0, 1, 2] * 8)
    yield "booster", xgboost.train({"max_depth": 1, "nthread": 1}, xgboost.DMatrix(table, labels), 2)
    small = {"n_estimators": 2, "max_depth": 1, "n_jobs": 1}
    yield "classifier", xgboost.XGBClassifier(**small).fit(table, labels)
    yield "regressor", xgboost.XGBRegressor(**small).fit(table, labels)
    yield "ranker", xgboost.XGBRanker(**small).fit(table, labels, group=[12, 12])
    yield "forests", [xgboost.XGBRFClassifier(**small).fit(table, labels), xgboost.XGBRFRegressor(**small).fit(table, labels)]
    yield "unfitted", [xgboost.XGBClassifier(), xgboost.XGBRegressor(objective="reg:absoluteerror")]
    stopping = {"early_stopping_rounds": 2, "callbacks": [xgboost.callback.EarlyStopping(2), xgboost.callback.EvaluationMonitor()]}
    yield "stopping", xgboost.XGBClassifier(early_stopping_rounds=2, **small).fit(table, labels, eval_set=[(table, labels)], verbose=False)
    yield "callbacks", stopping
