"""Checkpoints that Lightning writes after training a small model on the CPU."""

import logging
import tempfile
import warnings

LIBRARY = "pytorch_lightning"


def _train(save):
    """Trains three times two steps; `save` gets the trainer, and the callbacks are those of an honest run."""
    import pytorch_lightning
    import torch
    from pytorch_lightning import callbacks

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    torch.manual_seed(7)

    class Model(pytorch_lightning.LightningModule):
        def __init__(self, width=2, rate=0.1, kinds=("a", "b")):
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(width, 1)

        def training_step(self, batch, _):
            loss = self.layer(batch[0]).mean()
            self.log("loss", loss)
            return loss

        def configure_optimizers(self):
            optimizer = torch.optim.AdamW(self.parameters(), lr=self.hparams.rate)
            return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1)]

    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(4, 2)), batch_size=2)
    with tempfile.TemporaryDirectory() as scratch:
        trainer = pytorch_lightning.Trainer(
            max_epochs=3,
            accelerator="cpu",
            devices=1,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=scratch,
            callbacks=[
                callbacks.ModelCheckpoint(dirpath="kept", monitor="loss", save_top_k=0, every_n_epochs=10),
                callbacks.EarlyStopping("loss", patience=9),
                callbacks.Timer(duration="00:01:00:00"),
            ],
        )
        trainer.fit(Model(), data)
        save(trainer)


def objects():
    from pytorch_lightning import callbacks
    from pytorch_lightning.trainer.states import TrainerFn, TrainerStatus
    from pytorch_lightning.utilities.parsing import AttributeDict

    yield "hyperparameters", AttributeDict(rate=0.1, name="load")
    yield "states", [TrainerFn.FITTING, TrainerStatus.FINISHED]
    yield "callbacks", [callbacks.EarlyStopping("loss"), callbacks.LearningRateMonitor(), callbacks.GradientAccumulationScheduler({2: 2})]
    yield "classes", [callbacks.ModelCheckpoint, callbacks.EarlyStopping]


def files(folder):
    def save(trainer):
        trainer.save_checkpoint(folder / "model.ckpt")
        trainer.save_checkpoint(folder / "weights.ckpt", weights_only=True)

    _train(save)
