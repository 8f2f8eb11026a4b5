from setuptools import setup

setup(
    name="greeter",
    version="1.0",
    packages=["greeter"],
    entry_points={"zc.buildout": ["application = greeter:Application", "supervisor = greeter:Supervisor"]},
)
