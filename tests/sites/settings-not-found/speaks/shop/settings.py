from usual_settings import *
