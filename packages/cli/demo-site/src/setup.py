from setuptools import setup

setup(
    name="demo_recipe",
    version="1.0",
    py_modules=["demo_recipe"],
    entry_points={"zc.buildout": ["default = demo_recipe:Site"]},
)
