/* Tells what the options say of the tree. */
#ifndef QPFS_TREE_TREE_OPTIONS_H
#define QPFS_TREE_TREE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One department that is shown without asking the service which there are. */
struct tree_department {
    uint64_t organization;
    uint64_t department;
};

struct tree_options {
    uint64_t user_id;          /* 0: none */
    bool communities;          /* shows them, if there is a user_id */
    uint64_t *organizations;   /* ascending, each once; those of the departments included */
    size_t organization_count; /* 0: found from user_id */
    struct tree_department *departments; /* ascending, each once */
    size_t department_count;
    bool one_list;       /* the list of everybody stands for those of departments */
    bool show_exports;   /* files of all records are listed, too */
    bool show_everybody; /* the users of an organization are listed, too */
};

/* Return whether there is communities/, and with it the files of all communities. */
bool tree_options_have_communities(const struct tree_options *options);

/*
 * IDs that OPTIONS give in place of a list: of organizations, and of departments of the
 * organization IDS[0]. Return how many there are, and set *ID to number INDEX if there is one.
 */
size_t tree_options_organizations(const struct tree_options *options, const uint64_t *ids,
                                  size_t index, uint64_t *id);
size_t tree_options_departments(const struct tree_options *options, const uint64_t *ids,
                                size_t index, uint64_t *id);

#endif
