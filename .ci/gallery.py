"""The gallery, which is the part of figures/ that git holds: the pictures that README links, each with its numbers,
and the numbers that README and the findings quote. `make gallery` copies them from runs. Run from the top folder."""
import json, re, subprocess, sys
from pathlib import Path

NUMBERS = ('.json', '.parquet', '.nc')
CHAPTERS = tuple(Path('nbs', f'{name}.ipynb') for name in ('index', '90_findings', '91_smollm2', '93_split_numbers'))
FILE_LIMIT, GALLERY_LIMIT, TREE_LIMIT = 300_000, 8_000_000, 80_000_000  # bytes; of numbers, of the gallery, of all tracked files
LONG_TEXT = 2_000  # characters; longer texts (lists of thousands of neurons) are left out of the gallery's numbers
FILE = re.compile(r'figures/gallery/([\w.-]+)/([\w-]+)\.(\w+)')  # a picture, or a file that is read by its name
READ = re.compile(r"\bnumbers\((?:(?:(m)|'([\w.-]+)'), )?'([\w-]+)'")  # numbers('tiny-llama', 'accuracy-map'), numbers(m, …), numbers(…)
MODELS = re.compile(r"(?m)^MODELS? = (.*)$")

def referenced(chapter):
    "What a chapter refers to: {(model, name): endings}; without an ending the numbers, whatever their form."
    cells = [''.join(c['source']) for c in json.loads(chapter.read_text(encoding='utf-8'))['cells']]
    found, text = {}, '\n'.join(cells)
    def add(model, name, ending): found.setdefault((model, name), set()).add(ending)
    for model, name, ending in FILE.findall(text): add(model, name, f'.{ending}')
    models = [m for line in MODELS.findall(text) for m in re.findall(r"'([\w.-]+)'", line)]
    for any_model, model, name in READ.findall(text):
        for one in [model] if model else models: add(one, name, '')
    return found

def all_referenced():
    "What README and the findings refer to together."
    found = {}
    for chapter in CHAPTERS:
        for key, endings in referenced(chapter).items(): found.setdefault(key, set()).update(endings)
    return found

def numbers_of(stem): return [path for suffix in NUMBERS if (path := Path(f'{stem}{suffix}')).is_file()]

def files(root, model, name, endings):
    "The files under `root` that a reference stands for; what is missing, as text."
    stem = Path(root, model, name)
    there, missing = numbers_of(stem), []
    if not there: missing.append(f'{stem}: no numbers')
    if '.png' in endings:
        picture = Path(f'{stem}.png')
        if picture.is_file(): there = [picture, *there]
        else: missing.append(f'{picture}: missing')
    return there, missing

def outdated(found):
    "Pictures among the files that are older than their numbers."
    pictures = [f for f in found if f.suffix == '.png']
    return [f'{p}: older than its numbers' for p in pictures for n in found if p.stat().st_mtime < n.stat().st_mtime]

def short(path):
    "The bytes of a file; rows of a table come without their long texts."
    data = path.read_bytes()
    if path.suffix != '.json' or len(data) <= LONG_TEXT: return data
    whole = json.loads(data)
    rows = whole.get('numbers')
    if not isinstance(rows, list): return data
    whole['numbers'] = [{k: v for k, v in r.items() if not (isinstance(v, str) and len(v) > LONG_TEXT)} for r in rows]
    return data if whole['numbers'] == rows else json.dumps(whole, indent=1, ensure_ascii=False).encode()

def renew(runs='figures', gallery='figures/gallery'):
    "Copy what is referenced from the folders of runs, and remove the rest. Changes nothing unless all of it is there."
    wanted, wrong = {}, []
    for (model, name), endings in sorted(all_referenced().items()):
        found, missing = files(runs, model, name, endings)
        wrong += missing + outdated(found)
        wanted |= {Path(gallery, model, f.name): short(f) for f in found}
    wrong += [f'{p}: {len(data):,} bytes of numbers' for p, data in wanted.items() if p.suffix != '.png' and len(data) > FILE_LIMIT]
    if wrong: sys.exit('The gallery stays as it is; run the figures again, with a browser:\n' + '\n'.join(wrong))
    old = {p: p.read_bytes() for p in Path(gallery).rglob('*') if p.is_file()}
    for path in old.keys() - wanted.keys(): path.unlink()
    for path, data in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if old.get(path) != data: path.write_bytes(data)
    changed = {p for p in wanted.keys() & old.keys() if old[p] != wanted[p]}
    changes = dict(new=wanted.keys() - old.keys(), removed=old.keys() - wanted.keys(), changed=changed)
    for what, paths in changes.items():
        for path in sorted(paths): print(f'{what}: {path}')
    size, n_changes = sum(map(len, wanted.values())) / 1e6, sum(map(len, changes.values()))
    print(f'{len(wanted)} files, {size:.1f} MB; {n_changes} new, changed or removed')

def problems(gallery='figures/gallery'):
    "What is wrong with the gallery, as lines of text."
    expected, wrong = set(), []
    for (model, name), endings in all_referenced().items():
        found, missing = files(gallery, model, name, endings)
        expected |= set(found)
        wrong += missing
    there = {p for p in Path(gallery).rglob('*') if p.is_file()}
    wrong += [f'{p}: nobody refers to it' for p in sorted(there - expected)]
    wrong += [f'{p}: {p.stat().st_size:,} bytes of numbers' for p in sorted(there) if p.suffix != '.png' and p.stat().st_size > FILE_LIMIT]
    if (size := sum(p.stat().st_size for p in there)) > GALLERY_LIMIT: wrong.append(f'{gallery}: {size / 1e6:.1f} MB')
    return wrong

def tree_size():
    "Bytes of all tracked files by path, the largest first; empty outside a clone."
    listed = subprocess.run(['git', 'ls-files', '-z'], capture_output=True, text=True)
    paths = [Path(p) for p in listed.stdout.split('\0') if p and Path(p).is_file()] if listed.returncode == 0 else []
    return dict(sorted(((p, p.stat().st_size) for p in paths), key=lambda item: -item[1]))

if __name__ == '__main__': renew()
