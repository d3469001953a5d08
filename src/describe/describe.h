#ifndef QPFS_DESCRIBE_DESCRIBE_H
#define QPFS_DESCRIBE_DESCRIBE_H

/*
 * qpfs-describe: fills the tables of options and switches into the templates of the manual and
 * of completion, from stdin to stdout, when qpfs is built. "@name@" in a template stands for
 * one of these.
 */
typedef void describe_fn(void);

/* In scdoc(5), a paragraph each. */
describe_fn describe_man_usages, describe_man_switches, describe_man_options,
    describe_man_settings, describe_man_environment;

/* Words with spaces between them. */
describe_fn describe_version, describe_switches, describe_names, describe_files, describe_flags,
    describe_centres;

/* In the syntax of a shell, a line each. */
describe_fn describe_zsh_switches, describe_zsh_options, describe_fish_switches,
    describe_fish_options;

#endif
