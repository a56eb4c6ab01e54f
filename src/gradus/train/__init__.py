"""Experiments: from a configuration and a dataset to a trained network, in a run directory that no crash can spoil.

In the order in which a run meets them: `config` (what to do), `prepare` (examples, split and scaled), `network` and
`optimize` (what is trained, and how), `trainer` (the loop), `callbacks` (what happens along the way), `checkpoint` and
`run` (what is kept), `predictor` (asking the result).

>>> from gradus import datasets, recipes
>>> from gradus.train import config
>>> from gradus.train.prepare import prepare
>>> from gradus.train.trainer import Trainer
>>> settings = config.from_dict(config.override(recipes.load("xor"), ["epochs=30", "optimizer.lr=0.05"]))
>>> trainer = Trainer(settings, prepare(datasets.load("xor"), settings.data, settings.seed))
>>> for event in trainer.events():
...     if event["event"] == "epoch" and event["epoch"] % 10 == 0:
...         print(event["epoch"], event["val_accuracy"] > 0.9)
10 True
20 True
30 True
>>> event["event"], event["test_accuracy"] > 0.9
('done', True)
"""
