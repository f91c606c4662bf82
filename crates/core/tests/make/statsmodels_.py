"""Results and models of statsmodels."""

LIBRARY = "statsmodels"


def data():
    import numpy as np

    random = np.random.RandomState(7)
    table = np.column_stack([np.ones(20), random.rand(20, 2)])
    return table, table @ [1.0, 2.0, 3.0] + random.rand(20)


def regressions():
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    table, target = data()
    yield "ols", sm.OLS(target, table).fit()
    yield "wls", sm.WLS(target, table).fit()
    yield "glm", sm.GLM(target, table).fit()
    yield "gamma", sm.GLM(target, table, family=sm.families.Gamma(sm.families.links.Log())).fit()
    yield "poisson", sm.GLM(np.round(target), table, family=sm.families.Poisson()).fit()
    yield "logit", sm.Logit(np.array([0.0, 1.0] * 10), table).fit(disp=0)
    yield "robust", sm.RLM(target, table).fit()
    yield "quantile", sm.QuantReg(target, table).fit()
    frame = pd.DataFrame(table[:, 1:], columns=["a", "b"]).assign(y=target)
    yield "framed", sm.OLS(frame["y"], frame[["a", "b"]]).fit()
    yield "formula", smf.ols("y ~ a + b", frame).fit()
    yield "model", sm.OLS(target, table)


def series():
    import numpy as np
    from statsmodels.tsa.api import SARIMAX, AutoReg, ExponentialSmoothing, SimpleExpSmoothing
    from statsmodels.tsa.arima.model import ARIMA
    from statsmodels.tsa.seasonal import seasonal_decompose

    values = np.cumsum(np.random.RandomState(7).rand(24))
    yield "arima", ARIMA(values, order=(1, 0, 0)).fit()
    yield "sarimax", SARIMAX(values, order=(1, 0, 0)).fit(disp=0, maxiter=3)
    yield "autoreg", AutoReg(values, 1).fit()
    yield "smoothing", [SimpleExpSmoothing(values, initialization_method="estimated").fit(), ExponentialSmoothing(values, trend="add", initialization_method="estimated").fit()]
    yield "decomposed", seasonal_decompose(values, period=4)


def objects():
    for group in (regressions, series):
        yield from group()
