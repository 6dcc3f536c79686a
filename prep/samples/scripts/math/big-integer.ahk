; Whole numbers of any length
; BigInt calculates with non-negative whole numbers that do not fit into 64 bits. A number is an
; array of groups of eight decimal digits, the lowest group first, so that the product of two
; groups plus carries still fits into a normal integer. It has Plus, Times, Power by repeated
; squaring, Compare, DigitSum, and String(number) with groups of three digits if wanted. From
; reads a number or a text of digits. The demo prints the factorial of 60, the first Fibonacci
; number with 100 digits, and two to the power of 521 with the sum of its digits.
#Requires AutoHotkey v2.0

class BigInt {
    static WIDTH := 8, RADIX := 10 ** 8

    __New(groups) {
        while groups.Length > 1 && !groups[-1]      ; no leading zeros
            groups.Pop()
        this.groups := groups
    }

    static From(source) {
        if source is BigInt
            return source
        digits := String(source)
        if !(digits ~= "^\d+$")
            throw ValueError("Only digits are possible", -1, digits)
        groups := []
        while digits != "" {
            groups.Push(Integer(SubStr(digits, -this.WIDTH)))
            digits := SubStr(digits, 1, -this.WIDTH)
        }
        return BigInt(groups)
    }

    Plus(other) {
        other := BigInt.From(other)
        result := [], carry := 0
        Loop Max(this.groups.Length, other.groups.Length) + 1 {
            carry += BigInt.GroupOf(this, A_Index) + BigInt.GroupOf(other, A_Index)
            result.Push(Mod(carry, BigInt.RADIX))
            carry //= BigInt.RADIX
        }
        return BigInt(result)
    }

    Times(other) {
        other := BigInt.From(other)
        result := []
        Loop this.groups.Length + other.groups.Length
            result.Push(0)
        for i, a in this.groups {
            carry := 0
            for j, b in other.groups {
                carry += result[i + j - 1] + a * b
                result[i + j - 1] := Mod(carry, BigInt.RADIX)
                carry //= BigInt.RADIX
            }
            result[i + other.groups.Length] += carry
        }
        return BigInt(result)
    }

    Power(exponent) {
        result := BigInt.From(1)
        factor := this
        while exponent {
            if exponent & 1
                result := result.Times(factor)
            exponent >>= 1
            if exponent
                factor := factor.Times(factor)
        }
        return result
    }

    Compare(other) {
        other := BigInt.From(other)
        if difference := this.groups.Length - other.groups.Length
            return difference > 0 ? 1 : -1
        Loop count := this.groups.Length {
            a := this.groups[count + 1 - A_Index]
            b := other.groups[count + 1 - A_Index]
            if a != b
                return a > b ? 1 : -1
        }
        return 0
    }

    DigitSum() {
        sum := 0
        Loop Parse, String(this)
            sum += A_LoopField
        return sum
    }

    Length => StrLen(this.ToString())

    ToString(separator := "") {
        text := ""
        for group in this.groups
            text := Format("{:08}", group) text
        text := LTrim(text, "0")
        if text = ""
            return "0"
        return separator = "" ? text : RegExReplace(text, "(?<=\d)(?=(?:\d{3})+$)", separator)
    }

    static GroupOf(number, index) => index <= number.groups.Length ? number.groups[index] : 0
}

factorial := BigInt.From(1)
Loop 60
    factorial := factorial.Times(A_Index)
FileAppend("60! = " factorial.ToString(" ") "`n", "*")

earlier := BigInt.From(1), later := BigInt.From(1), position := 2
goal := BigInt.From(10).Power(99)
while later.Compare(goal) < 0 {
    following := earlier.Plus(later)
    earlier := later
    later := following
    position++
}
FileAppend(Format("Fibonacci number {} is the first with {} digits:`n{}`n", position, later.Length, String(later)), "*")

power := BigInt.From(2).Power(521)
FileAppend("2^521 = " String(power) "`nSum of its digits: " power.DigitSum() "`n", "*")
