; Prime sieve in a buffer, with factorization
; PrimeTable builds a table of smallest prime factors up to a limit with a sieve in a Buffer of
; 32 bit numbers. From the table it answers whether a number is prime, gives the factorization
; as prime and exponent pairs, the number of divisors and Euler's totient, and walks through the
; primes up or down from a number in a for loop. The demo asks for a number and shows these
; facts together with the nearest primes on either side.
#Requires AutoHotkey v2.0

class PrimeTable {
    __New(limit) {
        this.limit := limit
        this.smallest := Buffer((limit + 1) * 4, 0)     ; 0 means no factor found: prime
        n := 2
        while n * n <= limit {
            if !NumGet(this.smallest, n * 4, "UInt") {
                multiple := n * n
                while multiple <= limit {
                    if !NumGet(this.smallest, multiple * 4, "UInt")
                        NumPut("UInt", n, this.smallest, multiple * 4)
                    multiple += n
                }
            }
            n++
        }
    }

    IsPrime(n) => this.SmallestFactor(n) = n

    SmallestFactor(n) {
        if (n < 2 || n > this.limit)
            throw ValueError("Need a number from 2 to " this.limit, -1, n)
        return NumGet(this.smallest, n * 4, "UInt") || n
    }

    ; Map of prime -> exponent; Map keys come out in ascending order.
    Factorize(n) {
        factors := Map()
        while n > 1 {
            p := this.SmallestFactor(n)
            factors[p] := factors.Get(p, 0) + 1
            n //= p
        }
        return factors
    }

    CountDivisors(n) {
        count := 1
        for , exponent in this.Factorize(n)
            count *= exponent + 1
        return count
    }

    Totient(n) {
        result := n
        for p in this.Factorize(n)
            result := result // p * (p - 1)
        return result
    }

    ; for p in table.Walk(n, 1) gives the primes above n, with -1 those below it.
    Walk(n, step) {
        return Next

        Next(&p) {
            while (n += step) >= 2 && n <= this.limit {
                if this.IsPrime(p := n)
                    return true
            }
            return false
        }
    }

    Neighbour(n, step) {
        for p in this.Walk(n, step)
            return p
        return "none"
    }
}

DescribeNumber(n, table) {
    product := ""
    for p, exponent in table.Factorize(n)
        product .= (product = "" ? "" : " * ") p (exponent > 1 ? "^" exponent : "")
    return Format("{} = {}`nDivisors: {}, totient: {}`nPrimes around it: {} and {}"
        , n, product, table.CountDivisors(n), table.Totient(n), table.Neighbour(n, -1), table.Neighbour(n, 1))
}

primes := PrimeTable(200000)
answer := InputBox("A whole number from 2 to " primes.limit ":", "Prime facts", "w300 h130", 5040)
if (answer.Result = "OK") {
    if IsInteger(answer.Value) && answer.Value >= 2 && answer.Value <= primes.limit
        MsgBox(DescribeNumber(Integer(answer.Value), primes), "Prime facts")
    else
        MsgBox("That is not a whole number in the range.", "Prime facts", "Iconx")
}
