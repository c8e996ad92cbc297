#!/bin/bash
# A SLURM of one node, from Debian's packages, runs a small sweep through workflow/Snakefile; one of its jobs is killed by the scheduler.
# Run as root from the top folder, on a machine made for tests: bash .ci/slurm.sh
# What it needs and does not find it installs: apt-get's slurm-wlm and munge, pip's snakemake and its SLURM plugin.
set -euo pipefail
here=$PWD; bin=$here/.venv/bin; work=$(mktemp -d /tmp/arithheur-slurm.XXXX); node=$(hostname -s)
command -v slurmctld slurmd munged > /dev/null || apt-get install -y --no-install-recommends slurm-wlm munge > "$work/apt.log"
"$bin/snakemake" --version > /dev/null 2>&1 || "$bin/pip" install -q -c constraints.txt -e '.[cluster]'

mkdir -p "$work/spool" "$work/state" "$work/log"
[ ! -e /etc/slurm/slurm.conf ] || { echo '/etc/slurm/slurm.conf exists: this is a test for machines without a SLURM of their own'; exit 1; }
export SLURM_CONF=$work/slurm.conf
cat > "$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
AuthType=auth/munge
SlurmUser=root
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
MinJobAge=3600
KillWait=2
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdLogFile=$work/log/slurmd
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ {print int($2 / 1024) - 500}' /proc/meminfo) State=UNKNOWN
PartitionName=main Nodes=$node Default=YES MaxTime=60 State=UP
CONF
mkdir -p /etc/slurm; ln -s "$SLURM_CONF" /etc/slurm/slurm.conf # Snakemake's job steps look for it here: they pass on no SLURM_CONF
stop() { rm -f /etc/slurm/slurm.conf; for p in slurmd slurmctld; do [ -e "$work/$p.pid" ] && kill "$(cat "$work/$p.pid")" || true; done; [ -z "${munge_pid:-}" ] || kill "$munge_pid" || true; }
trap stop EXIT
if ! munge -n > /dev/null 2>&1; then
    [ -e /etc/munge/munge.key ] || mungekey
    mkdir -p /run/munge; chown munge: /run/munge /etc/munge/munge.key
    setpriv --reuid munge --regid munge --clear-groups munged --foreground > "$work/log/munged" 2>&1 & munge_pid=$!
fi
for i in $(seq 20); do munge -n > /dev/null 2>&1 && break; sleep .5; done
slurmctld; slurmd
for i in $(seq 40); do sinfo -h -o %T | grep -q idle && break; sleep .5; done
sinfo

for m in micro-llama micro-neox; do cp -r "tests/golden/$m/model" "$work/$m"; done
choices=(operators=+ n_prompts=6 seeds=1 operand_max=29 first_layer=1 figures=accuracy,localization,overlap split_over=0)
sweep() { # in the folder $1, with further arguments
    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 BROWSER_PATH=/nowhere "$bin/snakemake" -s workflow/Snakefile --directory "$work/$1" "${@:2}" \
        --config models="$work/micro-llama,$work/micro-neox" "${choices[@]}" data_dir="$work/$1/data" figures_dir="$work/$1/figures" plan="$work/$1/plan.json"
}
mkdir "$work/slurm" "$work/local"
profile=(--workflow-profile "$here/workflow/profiles/slurm" --default-resources runtime=20 mem_mb=2000 slurm_partition=main slurm_account=none
         --slurm-no-account --slurm-status-command squeue --slurm-init-seconds-before-status-checks 5 --latency-wait 5)
( for i in $(seq 600); do # the first job that computes results is killed by the scheduler
      job=$(squeue -h -t R -o '%i %k' | awk '/result/ {print $1; exit}'); [ -n "$job" ] && sleep 2 && scancel --signal=KILL --full "$job" && echo "killed job $job" && exit 0
      sleep .2
  done; echo 'no job was killed'; exit 1 ) > "$work/killed" & killer=$!
sweep slurm "${profile[@]}" > "$work/log/sweep" 2>&1 || { tail -50 "$work/log/sweep"; exit 1; }
wait $killer; cat "$work/killed"
squeue -h -t all -o '%i %j %T %r' | awk '{print $3}' | sort | uniq -c
for m in micro-llama micro-neox; do
    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 BROWSER_PATH=/nowhere "$bin/arithheur" run "$work/$m" --only accuracy,localization,overlap --operators + \
        --n-prompts 6 --seeds 1 --operand-max 29 --first-layer 1 --data-dir "$work/local/data" --figures-dir "$work/local/figures" > "$work/log/$m" 2>&1
done

"$bin/python" - "$work" <<'PY'
import sys
from pathlib import Path
import pandas as pd, xarray as xr
from arithheur.results import read_data
work, n = Path(sys.argv[1]), 0
for file in sorted((work / 'local' / 'data' / 'results').glob('*/*.*')):
    a, b = (read_data(work / how / 'data' / 'results' / file.parent.name / file.name)[0] for how in ('local', 'slurm'))
    (pd.testing.assert_frame_equal if isinstance(a, pd.DataFrame) else xr.testing.assert_identical)(a, b)
    n += 1
assert n > 5 and (work / 'slurm' / 'figures' / 'sweep.html').is_file()
print(f'{n} results through SLURM, one job killed, equal those of `arithheur run` bit for bit')
PY
stop; trap - EXIT
rm -rf "$work" # after a failure the logs stay there
