/* A guest under construction: what it is given, the host it is built on, its regions and tables. */
#pragma once

#include "platforms/xen/domu.h"
#include "platforms/xen/p2m.h"
#include "tests/unit/models/rows.h"

#include <stdlib.h>

#define KB(n) ((uint64_t)(n) << 10)
#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)

static struct domu_config config;
static struct domu_host host;
static struct xen_domain d;
static struct p2m p;
static struct trace_error err;

static inline void start(const char *preset, enum domu_builder builder, uint64_t ram_bytes)
{
    memset(&config, POISON, sizeof config);
    memset(&host, POISON, sizeof host);
    memset(&d, POISON, sizeof d);
    domu_config_init(&config, xen_preset_by_name(preset), builder);
    domu_host_zynqmp(&host);
    config.ram_bytes = ram_bytes;
}

static inline void give(uint64_t base, uint64_t bytes)
{
    assert_null(ram_pool_add(&host.pool, (struct ram_range){ base, bytes }));
}

static inline void build(void)
{
    if (!domu_build(&d, &config, &host, 2, &err))
        fail_msg("%s", err.text);
    assert_int_equal(p2m_init(&p, config.preset, 0x7FF00000), P2M_OK);
    assert_int_equal(p2m_map_domain(&p, &d), P2M_OK);
}

static inline void finish(void)
{
    domu_config_free(&config);
    domain_free(&d);
    p2m_free(&p);
}

/* Leaves by level in [ipa, ipa + bytes), [0]: holes. */
static inline void count_leaves(uint64_t ipa, uint64_t bytes, size_t count[4])
{
    memset(count, 0, 4 * sizeof *count);
    for (uint64_t at = ipa; at < ipa + bytes;) {
        struct p2m_leaf leaf = p2m_find(&p, at);

        count[leaf.desc ? leaf.level : 0]++;
        at = leaf.ipa + leaf.bytes;
    }
}

static inline uint64_t bytes_of(enum region_kind kind, uint64_t ipa, uint64_t bytes)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < d.count; i++) {
        const struct domain_region *r = &d.region[i];

        sum += r->kind == kind && r->ipa >= ipa && r->ipa < ipa + bytes ? r->bytes : 0;
    }
    return sum;
}

static inline void set_static(const struct ram_range *ranges, size_t count)
{
    config.static_mem = calloc(count, sizeof *ranges);
    assert_non_null(config.static_mem);
    memcpy(config.static_mem, ranges, count * sizeof *ranges);
    config.static_count = count;
}
