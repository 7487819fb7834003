#!/usr/bin/env bash
# Rebuild the bundled model `bacteria`: import the fitting chambers of a folder of mother-machine
# chambers (chamberNN/img_phase.tif, labels_ctc.tif, man_track.txt), and train on them.
# Usage: tools/train_bacteria.sh FOLDER WORK_FOLDER
set -euo pipefail
source=$1 work=$2
mkdir -p "$work"
for n in 00 01 02 03 04 05 06 07 08; do
  dataset=$work/chamber$n.ome.zarr
  [ -d "$dataset" ] || distnet-store import "$source/chamber$n/img_phase.tif" "$dataset" \
    --pixel-size unknown --frame-interval unknown \
    --labels "$source/chamber$n/labels_ctc.tif" --links "$source/chamber$n/man_track.txt"
done
common=(--tile 208,24 --batch 4 --steps 50 --schedule cosine --overwrite)
distnet-store train "$work"/chamber0[0-7].ome.zarr --validation "$work/chamber08.ome.zarr" \
  --out "$work/first.safetensors" --preset small --epochs 48 --learning-rate 1e-3 "${common[@]}"
# The second pass goes on from the best epoch, on all nine chambers, and keeps the last epoch.
distnet-store train "$work"/chamber0[0-8].ome.zarr --from "$work/first.safetensors" \
  --out "$work/bacteria.safetensors" --epochs 14 --learning-rate 5e-4 --seed 1 "${common[@]}"
