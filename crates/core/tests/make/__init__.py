"""Writes small real pickles with whichever libraries are installed: `python -m make OUT`, run in the folder above.

A part is a module of this package. It has
  LIBRARY   the name that is imported to see whether the library is there, and its version;
  NAME      optional, the word for the folder when it is not LIBRARY;
  objects() yields (name, object): each object is pickled with every protocol that this Python has;
  files(folder)  optional, writes files of its own kind (torch.save, joblib.dump) into the folder.
A part imports its library inside these functions only, seeds what is random, and keeps its objects small.
"""
