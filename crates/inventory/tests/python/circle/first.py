from . import *
from .second import *
from .second import missing
