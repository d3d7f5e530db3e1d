/* The ZCU102 as a table, by address: what Linux 6.1 says of it in zynqmp-zcu102-rev1.0.dts. */
#include "platforms/zynqmp/board.h"

#include <stdio.h>
#include <string.h>

struct row {
    uint64_t base, bytes;
    const char *node, *compatible;
    uint32_t flags;
};

/* clang-format off */
static const struct row rows[] = {
    { 0x0000000000, 0x080000000, "/memory@0", "", BOARD_MEMORY },
    { 0x00C0000000, 0x008000000, "/axi/spi@ff0f0000", "xlnx,zynqmp-qspi-1.0", 0 },
    { 0x00E0000000, 0x010000000, "/axi/pcie@fd0e0000", "xlnx,nwl-pcie-2.11", BOARD_PCI_WINDOW },
    { 0x00F9010000, 0x000010000, "/axi/interrupt-controller@f9010000", "arm,gic-400", BOARD_GIC },
    { 0x00F9020000, 0x000020000, "/axi/interrupt-controller@f9010000", "arm,gic-400", BOARD_GIC },
    { 0x00F9040000, 0x000020000, "/axi/interrupt-controller@f9010000", "arm,gic-400", BOARD_GIC },
    { 0x00F9060000, 0x000020000, "/axi/interrupt-controller@f9010000", "arm,gic-400", BOARD_GIC },
    { 0x00FD070000, 0x000030000, "/axi/memory-controller@fd070000", "xlnx,zynqmp-ddrc-2.40a", 0 },
    { 0x00FD0C0000, 0x000002000, "/axi/ahci@fd0c0000", "ceva,ahci-1v84", 0 },
    { 0x00FD0E0000, 0x000001000, "/axi/pcie@fd0e0000", "xlnx,nwl-pcie-2.11", 0 },
    { 0x00FD3D0000, 0x000001000, "/axi/phy@fd400000", "xlnx,zynqmp-psgtr-v1.1", 0 },
    { 0x00FD400000, 0x000040000, "/axi/phy@fd400000", "xlnx,zynqmp-psgtr-v1.1", 0 },
    { 0x00FD480000, 0x000001000, "/axi/pcie@fd0e0000", "xlnx,nwl-pcie-2.11", 0 },
    { 0x00FD4A0000, 0x000001000, "/axi/display@fd4a0000", "xlnx,zynqmp-dpsub-1.7", 0 },
    { 0x00FD4AA000, 0x000001000, "/axi/display@fd4a0000", "xlnx,zynqmp-dpsub-1.7", 0 },
    { 0x00FD4AB000, 0x000001000, "/axi/display@fd4a0000", "xlnx,zynqmp-dpsub-1.7", 0 },
    { 0x00FD4AC000, 0x000001000, "/axi/display@fd4a0000", "xlnx,zynqmp-dpsub-1.7", 0 },
    { 0x00FD4C0000, 0x000001000, "/axi/dma-controller@fd4c0000", "xlnx,zynqmp-dpdma", 0 },
    { 0x00FD4D0000, 0x000001000, "/axi/watchdog@fd4d0000", "cdns,wdt-r1p2", 0 },
    { 0x00FD500000, 0x000001000, "/axi/dma-controller@fd500000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD510000, 0x000001000, "/axi/dma-controller@fd510000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD520000, 0x000001000, "/axi/dma-controller@fd520000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD530000, 0x000001000, "/axi/dma-controller@fd530000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD540000, 0x000001000, "/axi/dma-controller@fd540000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD550000, 0x000001000, "/axi/dma-controller@fd550000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD560000, 0x000001000, "/axi/dma-controller@fd560000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD570000, 0x000001000, "/axi/dma-controller@fd570000", "xlnx,zynqmp-dma-1.0", 0 },
    { 0x00FD6E0000, 0x000009000, "/axi/cci@fd6e0000", "arm,cci-400", BOARD_DISABLED },
    { 0x00FD6E9000, 0x000005000, "/axi/cci@fd6e0000/pmu@9000", "arm,cci-400-pmu,r1", 0 },
    { 0x00FD800000, 0x000020000, "/axi/iommu@fd800000", "arm,mmu-500", BOARD_IOMMU | BOARD_DISABLED },
    { 0x00FE200000, 0x000040000, "/axi/usb@ff9d0000/usb@fe200000", "snps,dwc3", 0 },
    { 0x00FE300000, 0x000040000, "/axi/usb@ff9e0000/usb@fe300000", "snps,dwc3", 0 },
    { 0x00FF000000, 0x000001000, "/axi/serial@ff000000", "xlnx,zynqmp-uart", BOARD_CONSOLE },
    { 0x00FF010000, 0x000001000, "/axi/serial@ff010000", "xlnx,zynqmp-uart", 0 },
    { 0x00FF020000, 0x000001000, "/axi/i2c@ff020000", "cdns,i2c-r1p14", 0 },
    { 0x00FF030000, 0x000001000, "/axi/i2c@ff030000", "cdns,i2c-r1p14", 0 },
    { 0x00FF040000, 0x000001000, "/axi/spi@ff040000", "cdns,spi-r1p6", BOARD_DISABLED },
    { 0x00FF050000, 0x000001000, "/axi/spi@ff050000", "cdns,spi-r1p6", BOARD_DISABLED },
    { 0x00FF060000, 0x000001000, "/axi/can@ff060000", "xlnx,zynq-can-1.0", BOARD_DISABLED },
    { 0x00FF070000, 0x000001000, "/axi/can@ff070000", "xlnx,zynq-can-1.0", 0 },
    { 0x00FF0A0000, 0x000001000, "/axi/gpio@ff0a0000", "xlnx,zynqmp-gpio-1.0", 0 },
    { 0x00FF0B0000, 0x000001000, "/axi/ethernet@ff0b0000", "cdns,zynqmp-gem", BOARD_DISABLED },
    { 0x00FF0C0000, 0x000001000, "/axi/ethernet@ff0c0000", "cdns,zynqmp-gem", BOARD_DISABLED },
    { 0x00FF0D0000, 0x000001000, "/axi/ethernet@ff0d0000", "cdns,zynqmp-gem", BOARD_DISABLED },
    { 0x00FF0E0000, 0x000001000, "/axi/ethernet@ff0e0000", "cdns,zynqmp-gem", 0 },
    { 0x00FF0F0000, 0x000001000, "/axi/spi@ff0f0000", "xlnx,zynqmp-qspi-1.0", 0 },
    { 0x00FF100000, 0x000001000, "/axi/nand-controller@ff100000", "xlnx,zynqmp-nand-controller", BOARD_DISABLED },
    { 0x00FF110000, 0x000001000, "/axi/timer@ff110000", "cdns,ttc", BOARD_DISABLED },
    { 0x00FF120000, 0x000001000, "/axi/timer@ff120000", "cdns,ttc", BOARD_DISABLED },
    { 0x00FF130000, 0x000001000, "/axi/timer@ff130000", "cdns,ttc", BOARD_DISABLED },
    { 0x00FF140000, 0x000001000, "/axi/timer@ff140000", "cdns,ttc", BOARD_DISABLED },
    { 0x00FF150000, 0x000001000, "/axi/watchdog@ff150000", "cdns,wdt-r1p2", BOARD_DISABLED },
    { 0x00FF160000, 0x000001000, "/axi/mmc@ff160000", "xlnx,zynqmp-8.9a", BOARD_DISABLED },
    { 0x00FF170000, 0x000001000, "/axi/mmc@ff170000", "xlnx,zynqmp-8.9a", 0 },
    { 0x00FF9905C0, 0x000000020, "/zynqmp_ipi/mailbox@ff990400", "", 0 },
    { 0x00FF9905E0, 0x000000020, "/zynqmp_ipi/mailbox@ff990400", "", 0 },
    { 0x00FF990E80, 0x000000020, "/zynqmp_ipi/mailbox@ff990400", "", 0 },
    { 0x00FF990EA0, 0x000000020, "/zynqmp_ipi/mailbox@ff990400", "", 0 },
    { 0x00FF9D0000, 0x000000100, "/axi/usb@ff9d0000", "xlnx,zynqmp-dwc3", 0 },
    { 0x00FF9E0000, 0x000000100, "/axi/usb@ff9e0000", "xlnx,zynqmp-dwc3", BOARD_DISABLED },
    { 0x00FFA50000, 0x000000800, "/axi/ams@ffa50000", "xlnx,zynqmp-ams", BOARD_DISABLED },
    { 0x00FFA50800, 0x000000400, "/axi/ams@ffa50000/ams_ps@0", "xlnx,zynqmp-ams-ps", BOARD_DISABLED },
    { 0x00FFA50C00, 0x000000400, "/axi/ams@ffa50000/ams_pl@400", "xlnx,zynqmp-ams-pl", BOARD_DISABLED },
    { 0x00FFA60000, 0x000000100, "/axi/rtc@ffa60000", "xlnx,zynqmp-rtc", 0 },
    { 0x00FFA80000, 0x000001000, "/axi/dma-controller@ffa80000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x00FFA90000, 0x000001000, "/axi/dma-controller@ffa90000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x00FFAA0000, 0x000001000, "/axi/dma-controller@ffaa0000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x00FFAB0000, 0x000001000, "/axi/dma-controller@ffab0000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x00FFAC0000, 0x000001000, "/axi/dma-controller@ffac0000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x00FFAD0000, 0x000001000, "/axi/dma-controller@ffad0000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x00FFAE0000, 0x000001000, "/axi/dma-controller@ffae0000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x00FFAF0000, 0x000001000, "/axi/dma-controller@ffaf0000", "xlnx,zynqmp-dma-1.0", BOARD_DISABLED },
    { 0x0600000000, 0x200000000, "/axi/pcie@fd0e0000", "xlnx,nwl-pcie-2.11", BOARD_PCI_WINDOW },
    { 0x0800000000, 0x080000000, "/memory@0", "", BOARD_MEMORY },
    { 0x8000000000, 0x001000000, "/axi/pcie@fd0e0000", "xlnx,nwl-pcie-2.11", 0 },
};
/* clang-format on */

/* The firmware keeps the megabyte below 2 GB [Xen: boot logs of a ZCU102]. */
static const struct board_range ram[] = { { 0, 0x7FF00000 }, { 0x800000000, 0x80000000 } };

bool board_zcu102(struct board *b)
{
    memset(b, 0, sizeof *b);
    snprintf(b->name, sizeof b->name, "zcu102");
    b->ram_count = sizeof ram / sizeof *ram;
    memcpy(b->ram, ram, sizeof ram);
    b->gicd = (struct board_range){ 0xF9010000, 0x10000 };
    b->gicc = (struct board_range){ 0xF9020000, 0x20000 };
    b->gich = (struct board_range){ 0xF9040000, 0x20000 };
    b->gicv = (struct board_range){ 0xF9060000, 0x20000 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct board_region region = { .base = rows[i].base, .bytes = rows[i].bytes, .flags = rows[i].flags };

        board_name_node(region.node, rows[i].node);
        snprintf(region.compatible, sizeof region.compatible, "%s", rows[i].compatible);
        if (!board_add(b, &region))
            return false;
    }
    return true;
}
