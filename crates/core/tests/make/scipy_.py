"""Sparse matrices, distributions, interpolators and spatial trees of SciPy."""

LIBRARY = "scipy"


def matrices():
    import numpy as np
    import scipy.sparse as sparse

    dense = np.array([[1.0, 0, 2], [0, 0, 3]])
    for kind in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil"):
        yield "matrix_" + kind, getattr(sparse, kind + "_matrix")(dense)
        if hasattr(sparse, kind + "_array"):
            yield "array_" + kind, getattr(sparse, kind + "_array")(dense)


def distributions():
    import numpy as np
    import scipy.stats as stats

    names = sorted(name for name, value in vars(stats).items() if isinstance(value, (stats.rv_continuous, stats.rv_discrete)))
    for name in names:
        if name != "gilbrat":
            yield f"distribution_{name}", getattr(stats, name)
    yield "frozen", [stats.norm(0, 1), stats.uniform(0, 2), stats.randint(0, 5), stats.expon(), stats.loguniform(1, 2), stats.poisson(2), stats.binom(3, 0.5), stats.gamma(1), stats.beta(1, 2), stats.lognorm(1)]
    yield "histogram", stats.rv_histogram(np.histogram([1, 2, 2, 3], bins=2))
    yield "density", stats.gaussian_kde([1.0, 2.0, 4.0])
    yield "normals", [stats.multivariate_normal([0, 0]), stats.dirichlet([1, 2])]
    yield "results", [stats.linregress([1, 2, 3], [2, 3, 5]), stats.describe([1, 2, 3])]


def interpolators():
    import numpy as np
    import scipy.interpolate as interpolate

    x, y = np.arange(6.0), np.arange(6.0) ** 2
    for name in ("interp1d", "CubicSpline", "PchipInterpolator", "Akima1DInterpolator", "BarycentricInterpolator", "KroghInterpolator", "UnivariateSpline", "InterpolatedUnivariateSpline"):
        yield "interpolator_" + name, getattr(interpolate, name)(x, y)
    yield "spline", [interpolate.make_interp_spline(x, y), interpolate.BSpline(np.arange(9.0), np.ones(5), 3), interpolate.PPoly(np.ones((1, 1)), [0, 1]), interpolate.BPoly(np.ones((1, 1)), [0, 1])]
    grid = np.arange(4.0)
    yield "grid", interpolate.RegularGridInterpolator((grid, grid), np.ones((4, 4)))
    yield "bivariate", interpolate.RectBivariateSpline(grid, grid, np.ones((4, 4)))
    points = np.random.RandomState(7).rand(8, 2)
    yield "radial", interpolate.RBFInterpolator(points, points[:, 0])
    yield "nearest", interpolate.NearestNDInterpolator(points, points[:, 0])


def others():
    import numpy as np
    import scipy.optimize as optimize
    import scipy.signal as signal
    import scipy.spatial as spatial
    import scipy.special as special
    from scipy.spatial import distance

    points = np.random.RandomState(7).rand(8, 2)
    yield "kdtree", [spatial.KDTree(points, leafsize=2), spatial.cKDTree(points, leafsize=2)]
    yield "rotation", spatial.transform.Rotation.from_euler("z", 90, degrees=True)
    yield "minimum", optimize.minimize(abs2, [1.0])
    yield "bounds", [optimize.Bounds([0], [1]), optimize.LinearConstraint([[1]], 0, 1)]
    yield "system", [signal.TransferFunction([1], [1, 2]), signal.dlti([1], [1, 2])]
    yield "functions", [special.expit, special.logit, special.gammaln, distance.euclidean, distance.cosine, special.logsumexp, special.softmax]


def abs2(x):
    return float(x[0] ** 2)


def objects():
    for group in (matrices, distributions, interpolators, others):
        yield from group()
