#!/bin/sh
# Becomes one host of the lab: an overlay of the Debian tree, booted by systemd-nspawn. Runs in a mount namespace of its own
# (`unshare --mount`), so that its mounts end with it.
# usage: host.sh BASE DIRECTORY MACHINE NAME NETWORK-NAMESPACE
set -eu

base=$1 directory=$2 machine=$3 name=$4 namespace=$5

# A control group of its own for each host: its systemd takes the one in which it starts for the root of all.
own_control_group() {
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ -w "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$machine"
    echo $$ >"$hierarchy/$machine/cgroup.procs"
  done
}

# What makes this host different from the tree: its name, its keys, its users.
provision() {
  echo "$name" >root/etc/hostname
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >root/etc/hosts
  install -m 0600 ssh_host_key root/etc/ssh/ssh_host_ed25519_key
  install -m 0644 ssh_host_key.pub root/etc/ssh/ssh_host_ed25519_key.pub
  printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nUseDNS no\nPasswordAuthentication no\n' >root/etc/ssh/sshd_config.d/lab.conf
  chroot root useradd --system --user-group --shell /usr/sbin/nologin accounting
  chroot root useradd --create-home --shell /bin/bash --groups accounting deploy
  install -d -m 0700 root/home/deploy/.ssh
  install -m 0600 ../../id.pub root/home/deploy/.ssh/authorized_keys
  chroot root chown -R deploy:deploy /home/deploy/.ssh
}

own_control_group
cd "$directory"
mkdir -p upper work root
mount -t overlay overlay -o "lowerdir=$base,upperdir=upper,workdir=work" root
[ -e provisioned ] || provision
: >provisioned
exec systemd-nspawn --quiet --boot --register=no --keep-unit --console=pipe --network-namespace-path="/run/netns/$namespace" \
  --directory="$directory/root" --machine="$machine" --hostname="$name"
