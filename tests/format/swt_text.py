"""The text of packed traces, as traces/TEXT.md says."""
from swt_payload import FETCH, MSR, PAR, SYS, TABW, UNKNOWN, ZVA


def register_names():
    """Encodings as in the Arm ARM, of the registers that TEXT.md lists."""
    encodings = """
        SCTLR_EL1 3 0 1 0 0, CPACR_EL1 3 0 1 0 2, TTBR0_EL1 3 0 2 0 0, TTBR1_EL1 3 0 2 0 1, TCR_EL1 3 0 2 0 2,
        SPSR_EL1 3 0 4 0 0, ELR_EL1 3 0 4 0 1, SP_EL0 3 0 4 1 0, ESR_EL1 3 0 5 2 0, FAR_EL1 3 0 6 0 0,
        PAR_EL1 3 0 7 4 0, MAIR_EL1 3 0 10 2 0, AMAIR_EL1 3 0 10 3 0, VBAR_EL1 3 0 12 0 0, CONTEXTIDR_EL1 3 0 13 0 1,
        TPIDR_EL1 3 0 13 0 4, VPIDR_EL2 3 4 0 0 0, VMPIDR_EL2 3 4 0 0 5, SCTLR_EL2 3 4 1 0 0, HCR_EL2 3 4 1 1 0,
        TTBR0_EL2 3 4 2 0 0, TCR_EL2 3 4 2 0 2, VTTBR_EL2 3 4 2 1 0, VTCR_EL2 3 4 2 1 2, SPSR_EL2 3 4 4 0 0,
        ELR_EL2 3 4 4 0 1, ESR_EL2 3 4 5 2 0, FAR_EL2 3 4 6 0 0, HPFAR_EL2 3 4 6 0 4, MAIR_EL2 3 4 10 2 0,
        AMAIR_EL2 3 4 10 3 0, VBAR_EL2 3 4 12 0 0, TPIDR_EL2 3 4 13 0 2, CNTVOFF_EL2 3 4 14 0 3
    """
    names = {}
    for entry in encodings.split(","):
        name, *fields = entry.split()
        op0, op1, crn, crm, op2 = map(int, fields)
        names[op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2] = name
    return names


REGISTERS = register_names()


def system_names():
    """Encodings of SYS, op1 CRn CRm op2, as in the Arm ARM."""
    names = {}
    for name, op1, op2 in (
        ("TLBI VMALLE1", 0, 0), ("TLBI VAE1", 0, 1), ("TLBI ASIDE1", 0, 2), ("TLBI VAAE1", 0, 3), ("TLBI VALE1", 0, 5),
        ("TLBI VAALE1", 0, 7), ("TLBI ALLE2", 4, 0), ("TLBI VAE2", 4, 1), ("TLBI ALLE1", 4, 4), ("TLBI VALE2", 4, 5),
        ("TLBI VMALLS12E1", 4, 6), ("TLBI ALLE3", 6, 0), ("TLBI VAE3", 6, 1), ("TLBI VALE3", 6, 5),
    ):
        names[op1, 8, 7, op2], names[op1, 8, 3, op2] = name, name + "IS"
    for name, op2 in (("TLBI IPAS2E1", 1), ("TLBI IPAS2LE1", 5)):
        names[4, 8, 4, op2], names[4, 8, 0, op2] = name, name + "IS"
    for op2, name in enumerate("S1E1R S1E1W S1E0R S1E0W".split()):
        names[0, 7, 8, op2] = "AT " + name
    for op2, name in enumerate("S1E2R S1E2W - - S12E1R S12E1W S12E0R S12E0W".split()):
        if name != "-":
            names[4, 7, 8, op2] = "AT " + name
    names.update({
        (0, 7, 6, 1): "DC IVAC", (0, 7, 6, 2): "DC ISW", (0, 7, 10, 2): "DC CSW", (0, 7, 14, 2): "DC CISW",
        (3, 7, 4, 1): "DC ZVA", (3, 7, 10, 1): "DC CVAC", (3, 7, 11, 1): "DC CVAU", (3, 7, 14, 1): "DC CIVAC",
        (0, 7, 1, 0): "IC IALLUIS", (0, 7, 5, 0): "IC IALLU", (3, 7, 5, 1): "IC IVAU",
    })
    return names


SYSTEM = system_names()
BARRIERS = {4: "DSB", 5: "DMB", 6: "ISB"}


def instruction_name(opcode):
    if opcode == 0xD69F03E0:
        return "ERET"
    crn, crm, op2 = opcode >> 12 & 15, opcode >> 8 & 15, opcode >> 5 & 7
    if opcode >> 12 == 0xD5032 and opcode & 31 == 31:
        return f"HINT #{crm << 3 | op2}"
    if opcode >> 12 == 0xD5033 and opcode & 31 == 31:
        return BARRIERS.get(op2, "")
    return SYSTEM.get((opcode >> 16 & 7, crn, crm, op2), "") if opcode >> 19 == 0xD508 >> 3 else ""


def register_name(n):
    name = f"S{n >> 14}_{n >> 11 & 7}_C{n >> 7 & 15}_C{n >> 3 & 15}_{n & 7}"
    return REGISTERS.get(n, name)


NAMES = ("fetch", "load ", "store", "zva  ", "sys  ", "msr  ", "par  ", "exc  ", "tabw ")
FLAGS = ("", " mmio", " unpriv", " mmio unpriv") * 2


def access_text(operation, va, pa, flags, n, size):
    where = f"va={va:#x} pa=?" if flags & UNKNOWN else f"va={va:#x} pa={pa:#x}"
    if operation == FETCH:
        return f"{where} n={n}{FLAGS[flags]}"
    if operation == ZVA:
        return where + FLAGS[flags]
    return f"{where} size={1 << size} at={n:#x}{FLAGS[flags]}"


def rare_text(operation, va, pa, n, value, rest):
    if operation == SYS:
        name = instruction_name(n)
        return f"opcode={n:#x} x={value:#x}" + (f"  # {name}" if name else "")
    if operation == MSR:
        return f"reg={register_name(n)} value={value:#x}"
    if operation == PAR:
        return f"value={value:#x}"
    if operation == TABW:
        return f"pa={pa:#x} value={value:#x}"
    elr, spsr, par = rest
    return f"vector={n:#x} esr={value:#x} far={va:#x} hpfar={pa:#x} elr={elr:#x} spsr={spsr:#x} par={par:#x}"


def record_text(record):
    core, level, operation, va, pa, flags, n, size, value, rest = record
    if operation <= ZVA:
        text = access_text(operation, va, pa, flags, n, size)
    else:
        text = rare_text(operation, va, pa, n, value, rest)
    return f"{core} el{level} {NAMES[operation]} {text}\n"


class Printer:
    def __init__(self, file):
        self.write = file.write

    def source(self, text):
        self.write(f"trace 1\nsource {text}\n")

    def page(self, number, words):
        self.write(f"page pa={number << 12:#x}\n")
        for at in range(0, 512, 4):
            four = words[at : at + 4]
            if any(four):
                self.write(f"  +{8 * at:#05x} {' '.join(map(hex, four))}\n")

    def record(self, record):
        self.write(record_text(record))
