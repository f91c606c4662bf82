"""Estimators of scikit-learn: each one that can be made without arguments, fitted on a little data where it takes such data."""

LIBRARY = "sklearn"

# Slow, or needs the network or other files to fit; they are written unfitted.
UNFITTED = {"MLPClassifier", "MLPRegressor"}


def data():
    import numpy

    random = numpy.random.RandomState(7)
    table = random.rand(24, 3)
    labels = numpy.array([0, 1, 2] * 8)
    return table, labels, table @ [1.0, 2.0, 3.0] + 0.5


def small(made):
    """Cuts forests and iterations down, so that files stay small."""
    wanted = {"n_estimators": 2, "max_iter": 5, "n_init": 1, "n_iter": 5, "max_depth": 2, "cv": 2, "n_clusters": 2, "n_components": 2, "n_splits": 2, "random_state": 7, "n_quantiles": 5, "n_trials": 2, "max_trials": 2, "n_jobs": None}
    known = made.get_params(deep=False)
    for name, value in wanted.items():
        if name in known and name != "n_jobs":
            try:
                made.set_params(**{name: value})
            except Exception:
                continue
    return made


def fitted(made, kind):
    """The estimator after a fit with the data it takes, or unfitted where it takes none of ours."""
    import sklearn.base

    if kind in UNFITTED:
        return made
    table, labels, target = data()
    words = ["weigh the load", "look under the tarpaulin", "the load may enter"]
    for arguments in ((table, labels), (table, target), (table,), (words,), (labels,), (abs(table), target), (table, table[:, :2]), (table[:, 0], target), ([{"a": 1}, {"a": 2, "b": 3}],), ([["a", "b"], ["b"]],), (table, labels % 2)):
        made = sklearn.base.clone(made)
        try:
            made.fit(*arguments)
        except Exception:
            continue
        return made
    return sklearn.base.clone(made)


def estimators():
    from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401
    from sklearn.utils import all_estimators

    for name, kind in all_estimators():
        try:
            made = small(kind())
        except TypeError:
            continue
        yield "estimator_" + name, fitted(made, name)


def composed():
    from sklearn import compose, dummy, ensemble, feature_extraction, feature_selection, linear_model, metrics, model_selection, multiclass, multioutput, naive_bayes, pipeline, preprocessing, svm, tree

    table, labels, target = data()
    import numpy

    yield "pipeline", pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()).fit(table, labels)
    columns = compose.make_column_transformer((preprocessing.MinMaxScaler(), [0]), (preprocessing.FunctionTransformer(numpy.log1p), [1]), ("drop", [2]), remainder="passthrough")
    yield "columns", columns.fit(table)
    yield "union", pipeline.make_union(preprocessing.StandardScaler(), preprocessing.Normalizer()).fit(table)
    yield "selectcolumns", compose.make_column_selector(dtype_include="number")
    yield "target", compose.TransformedTargetRegressor(linear_model.Ridge(), func=numpy.log1p, inverse_func=numpy.expm1).fit(table, target)
    tree_of = tree.DecisionTreeClassifier(max_depth=2)
    yield "grid", model_selection.GridSearchCV(tree_of, {"max_depth": [1, 2]}, cv=2, scoring="accuracy").fit(table, labels)
    yield "gridscorer", model_selection.GridSearchCV(tree_of, {"max_depth": [1, 2]}, cv=model_selection.StratifiedKFold(2), scoring=metrics.make_scorer(metrics.f1_score, average="macro")).fit(table, labels)
    import scipy.stats

    yield "randomized", model_selection.RandomizedSearchCV(svm.SVC(), {"C": scipy.stats.uniform(0.1, 2)}, n_iter=2, cv=2, random_state=7).fit(table, labels)
    yield "voting", ensemble.VotingClassifier([("a", naive_bayes.GaussianNB()), ("b", tree_of)]).fit(table, labels)
    yield "stacking", ensemble.StackingClassifier([("a", naive_bayes.GaussianNB()), ("b", tree_of)], cv=2).fit(table, labels)
    yield "bagging", ensemble.BaggingClassifier(n_estimators=2, random_state=7).fit(table, labels)
    yield "onevsrest", multiclass.OneVsRestClassifier(linear_model.LogisticRegression()).fit(table, labels)
    yield "multioutput", multioutput.MultiOutputRegressor(linear_model.Ridge()).fit(table, table[:, :2])
    yield "chain", multioutput.ClassifierChain(linear_model.LogisticRegression()).fit(table, numpy.stack([labels % 2, labels // 2], 1))
    yield "rfe", feature_selection.RFECV(linear_model.LogisticRegression(), cv=2).fit(table, labels)
    yield "frommodel", feature_selection.SelectFromModel(tree_of).fit(table, labels)
    yield "kbest", [feature_selection.SelectKBest(scorer, k=1).fit(table, labels) for scorer in (feature_selection.f_classif, feature_selection.chi2, feature_selection.mutual_info_classif)]
    yield "text", pipeline.make_pipeline(feature_extraction.text.TfidfVectorizer(), naive_bayes.MultinomialNB()).fit(["weigh the load", "enter the gate"], [0, 1])
    yield "textsplit", feature_extraction.text.CountVectorizer(tokenizer=str.split, token_pattern=None).fit(["weigh the load"])
    yield "scorers", [metrics.get_scorer(name) for name in ("accuracy", "r2", "roc_auc", "neg_log_loss", "f1_macro")]
    yield "metrics", [metrics.accuracy_score, metrics.mean_squared_error, metrics.pairwise.rbf_kernel, metrics.pairwise.euclidean_distances]
    yield "dummy", dummy.DummyRegressor().fit(table, target)


def parts():
    """Objects that are held by estimators and do not stand alone."""
    from sklearn import gaussian_process, mixture, model_selection, neighbors, utils
    from sklearn.gaussian_process import kernels

    table, labels, target = data()
    kernel = kernels.ConstantKernel() * kernels.RBF() + kernels.WhiteKernel() + kernels.Matern() * kernels.ExpSineSquared() + kernels.RationalQuadratic() ** 2 + kernels.DotProduct()
    yield "kernels", kernel
    yield "gaussian", gaussian_process.GaussianProcessRegressor(kernels.RBF() + kernels.WhiteKernel(), random_state=7).fit(table, target)
    yield "trees", [neighbors.KDTree(table, leaf_size=4), neighbors.BallTree(table, leaf_size=4)]
    yield "neighbors", [neighbors.KNeighborsClassifier(algorithm=name, n_neighbors=2).fit(table, labels) for name in ("kd_tree", "ball_tree", "brute")]
    metric = getattr(neighbors, "DistanceMetric", None)
    if metric is None:
        from sklearn.metrics import DistanceMetric as metric
    yield "distances", [metric.get_metric(name) for name in ("euclidean", "manhattan", "chebyshev", "hamming", "haversine")] + [metric.get_metric("minkowski", p=3)]
    yield "bunch", utils.Bunch(data=table, target=labels, names=["a"])
    yield "splitters", [model_selection.KFold(2), model_selection.StratifiedKFold(2), model_selection.ShuffleSplit(2), model_selection.TimeSeriesSplit(2), model_selection.GroupKFold(2), model_selection.LeaveOneOut(), model_selection.PredefinedSplit([0, 1]), model_selection.ParameterGrid({"a": [1]}), model_selection.ParameterSampler({"a": [1]}, 1), model_selection.RepeatedKFold(n_splits=2)]
    yield "mixture", [mixture.GaussianMixture(2, covariance_type=kind, random_state=7).fit(table) for kind in ("full", "diag")]


def losses():
    """Estimators for each loss, each criterion and each solver: they hold objects of compiled classes."""
    from sklearn import ensemble, linear_model, svm, tree

    table, labels, target = data()
    for name in ("log_loss", "hinge", "modified_huber", "squared_hinge", "perceptron"):
        yield "sgd_" + name, linear_model.SGDClassifier(name, max_iter=5).fit(table, labels)
    for name in ("squared_error", "huber", "epsilon_insensitive"):
        yield "sgdregressor_" + name, linear_model.SGDRegressor(name, max_iter=5).fit(table, target)
    for name in ("squared_error", "absolute_error", "huber", "quantile"):
        yield "boosting_" + name, ensemble.GradientBoostingRegressor(loss=name, n_estimators=2).fit(table, target)
    for name in ("squared_error", "absolute_error", "poisson", "quantile"):
        options = {"quantile": 0.5} if name == "quantile" else {}
        try:
            yield "histogram_" + name, ensemble.HistGradientBoostingRegressor(loss=name, max_iter=2, min_samples_leaf=2, **options).fit(table, target)
        except (ValueError, TypeError):
            continue
    yield "boosting_deviance", [ensemble.GradientBoostingClassifier(n_estimators=2).fit(table, labels), ensemble.GradientBoostingClassifier(n_estimators=2, loss="exponential").fit(table, labels % 2)]
    yield "histogram_labels", [ensemble.HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=2).fit(table, labels % 2), ensemble.HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=2).fit(table, labels)]
    for name in ("squared_error", "friedman_mse", "absolute_error", "poisson"):
        yield "tree_" + name, tree.DecisionTreeRegressor(criterion=name, max_depth=2).fit(table, target)
    yield "support", [svm.SVC(kernel=name, probability=True).fit(table, labels) for name in ("linear", "poly", "rbf", "sigmoid")]
    yield "glm", [linear_model.PoissonRegressor(max_iter=5).fit(table, target), linear_model.GammaRegressor(max_iter=5).fit(table, target), linear_model.TweedieRegressor(power=1.5, max_iter=5).fit(table, target)]
    yield "isolation", ensemble.IsolationForest(n_estimators=2, random_state=7).fit(table)


def objects():
    for group in (composed, parts, losses, estimators):
        yield from group()


def files(folder):
    import joblib
    from sklearn import linear_model, tree

    table, labels, target = data()
    joblib.dump(linear_model.LogisticRegression().fit(table, labels), folder / "logistic.joblib")
    joblib.dump(tree.DecisionTreeRegressor(max_depth=2).fit(table, target), folder / "tree.joblib")
