from configparser import ConfigParser
from pathlib import Path
from setuptools import setup

config = ConfigParser(delimiters=['='])
config.read('settings.ini', encoding='utf-8')
cfg = config['DEFAULT']
readme = Path('README.md')

setup(
    name=cfg['lib_name'], version=cfg['version'], license='MIT',
    description=cfg['description'], keywords=cfg['keywords'],
    author=cfg['author'], author_email=cfg['author_email'], url=f"https://github.com/{cfg['user']}/{cfg['repo']}",
    long_description=readme.read_text(encoding='utf-8') if readme.exists() else '', long_description_content_type='text/markdown',
    classifiers=['Development Status :: 3 - Alpha', 'Intended Audience :: Science/Research', 'Natural Language :: English',
                 'Programming Language :: Python :: 3', 'Topic :: Scientific/Engineering :: Artificial Intelligence'],
    python_requires='>=' + cfg['min_python'],
    install_requires=cfg['requirements'].split(),
    extras_require={extra: cfg[f'{extra}_requirements'].split() for extra in ('dev', 'cluster')},
    # the figure notebooks travel with the library, so that an installed `arithheur run` finds them
    packages=['arithheur', 'arithheur.notebooks'],
    package_dir={'arithheur': 'arithheur', 'arithheur.notebooks': 'nbs/figures'},
    # and so does the explorer's page
    package_data={'arithheur': ['explorer_site/*', 'explorer_site/vendor/*'], 'arithheur.notebooks': ['*.ipynb']},
    entry_points={'console_scripts': cfg['console_scripts'].split(), 'nbdev': [f"{cfg['lib_name']}={cfg['lib_path']}._modidx:d"]},
    zip_safe=False,
)
