# Completes qpfs in fish. tests/install/test_manual.py compares the names with qpfs --help.

# Prints where qpfs is mounted. Asks the kernel alone, and no mount.
function __qpfs_mounts
    while read -l -d ' ' device target type rest
        test "$type" = fuse.qpfs; and printf '%b\n' (string replace -a '\\' '\\0' -- $target)
    end </proc/self/mounts
end

# Prints what may stand behind -o.
function __qpfs_options
    # Each option, and what is said of it.
    set -l rows \
        'user_id=' 'Customer ID: for communities, and to find the organization' \
        'organizations=' 'organizations to show' \
        'departments=' 'departments to show where the key may not list them' \
        'api_key_file=' 'file with the key, readable by you alone' \
        'env=' 'data centre' \
        'api_url=' 'base URL, up to /a/api/v2' \
        'cacert=' 'certificates to trust' \
        'client_cert=' 'certificate that this machine shows, in place of a key' \
        'client_cert_key=' 'its private key, readable by you alone' \
        'proxy=' 'proxy for calls' \
        'communities=' 'leave communities/ out' \
        'empty_lists=' 'the service says 404 of a list without anybody' \
        'cache_ttl=' 'seconds a listing serves' \
        'stale_if_error=' 'seconds more while the service fails' \
        'timeout=' 'seconds one page may take from when it is sent, retries included' \
        'per_page=' 'items a call' \
        'parallel=' 'calls in flight for a listing' \
        'rate=' 'calls a minute' \
        'max_calls=' 'calls this mount may make in all' \
        'allowance=' 'calls that the subscription has in all' \
        'reserve=' 'calls of the allowance to keep back' \
        'delay_connect' 'mount without trying the key first' \
        'show_exports' 'list users.jsonl, users.csv and the like' \
        'one_list' 'take the users of all departments from the organization\'s list' \
        'show_organization_users' 'list users/ and by-email/ of organizations' \
        'replace_dead' 'take the place of a mount of qpfs whose program has died' \
        'uid=' 'owner of all files' \
        'gid=' 'group of all files' \
        'umask=' 'permissions taken away, in octal' \
        'allow_other' 'let other users in, as uid and umask allow' \
        'allow_root' 'let root in, with umask=077 and no other uid' \
        'fsname=' 'device that mount and df show' \
        'config=' 'configuration file'
    set -l token (string replace -r '^-o' '' -- (commandline -ct))
    set -l option (string replace -r '^.*,' '' -- $token)
    set -l before (string match -r '^.*,' -- $token)
    if not string match -q '*=*' -- $option
        while set -q rows[1]
            set -l name (string trim -r -c = -- $rows[1])
            if not string match -q -r "(^|,)$name(=|,)" -- "$before"
                printf '%s\t%s\n' "$before$rows[1]" $rows[2]
            end
            set -e rows[1 2]
        end
        return
    end
    set -l name (string replace -r '=.*' '' -- $option)
    set -l value (string replace -r '^[^=]*=' '' -- $option)
    set -l values
    switch $name
        case api_key_file cacert client_cert client_cert_key config
            set values (complete -C "'' $value")
        case env
            set values (printf '%s\tdata centre\n' com eu ca sg au ae sa ksa)
        case communities delay_connect show_exports one_list show_organization_users replace_dead allow_other allow_root
            set values (printf '%s\t\n' yes no)
    end
    for found in $values
        printf '%s\n' "$before$name=$found"
    end
end

complete -c qpfs -f
complete -c qpfs -s f -d 'stay in the foreground, log to stderr'
complete -c qpfs -s d -d 'like -f, and tell everything'
complete -c qpfs -s o -x -a '(__qpfs_options)' -d options
complete -c qpfs -l demo -d 'a sample account, served on this machine'
complete -c qpfs -l check -d 'mount nothing; show what a mount would show and cost, and what is wrong'
complete -c qpfs -l status -d 'what a mount is doing'
complete -c qpfs -l watch -d 'with --status: again each second'
complete -c qpfs -l json -d 'with --check or --status: for programs'
complete -c qpfs -l metrics -d 'with --status: for Prometheus'
complete -c qpfs -l compare \
    -d 'with --check: tell whether one_list may be used'
complete -c qpfs -l record -x -a '(__fish_complete_directories)' \
    -d 'with --check: write the answers to DIR'
complete -c qpfs -s h -l help -d 'show all options'
complete -c qpfs -s V -l version -d 'show the version'
complete -c qpfs -n 'not __fish_contains_opt status' \
    -x -a '(__fish_complete_directories (commandline -ct))'
complete -c qpfs -n '__fish_contains_opt status' -x -a '(__qpfs_mounts)'
