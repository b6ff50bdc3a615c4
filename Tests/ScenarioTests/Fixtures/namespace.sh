# Runs inside `unshare -Urnmp`: gives lo the addresses that are named as arguments, then does what standard input says,
# line by line, and marks the end of each line's output. The end of the input ends the namespace and all that runs in it.
set -u
ip link set lo up || exit
for address in "$@"; do
  ip address add "$address" dev lo || exit
done
# The kernel makes the routes of IPv6 addresses in its own time; before, nobody can have the address.
for address in "$@"; do
  case $address in *:*)
    until ip -6 route show table local | grep -qF "local ${address%/*} "; do sleep 0.01; done ;;
  esac
done
echo '#done 0'
while IFS= read -r line; do
  eval "$line" </dev/null 2>&1
  printf '\n#done %s\n' "$?"
done
