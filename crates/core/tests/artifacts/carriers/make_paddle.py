"""Writes paddle/ beside it: python make_paddle.py

The committed files were written by paddlepaddle 3.3.1 under Python 3.11.
"""

import pathlib

import paddle

HERE = pathlib.Path(__file__).parent / "paddle"


def main():
    print("paddlepaddle", paddle.__version__)
    HERE.mkdir(exist_ok=True)
    paddle.seed(7)
    linear = paddle.nn.Linear(2, 1)
    adam = paddle.optimizer.Adam(parameters=linear.parameters())
    linear(paddle.ones([1, 2])).sum().backward()
    adam.step()
    paddle.save(linear.state_dict(), str(HERE / "linear.pdparams"))
    paddle.save(linear.state_dict(), str(HERE / "protocol2.pdparams"), protocol=2)
    paddle.save(adam.state_dict(), str(HERE / "linear.pdopt"))
    paddle.save({"epoch": 3, "tensor": paddle.ones([2])}, str(HERE / "nested.pdparams"))


if __name__ == "__main__":
    main()
