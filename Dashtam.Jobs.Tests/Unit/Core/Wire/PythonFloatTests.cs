using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class PythonFloatTests
{
    [TestCase(0, "0.0")]
    [TestCase(-0.0, "-0.0")]
    [TestCase(1, "1.0")]
    [TestCase(-2.5, "-2.5")]
    [TestCase(0.1, "0.1")]
    [TestCase(100, "100.0")]
    [TestCase(0.0001, "0.0001")]
    [TestCase(0.00001, "1e-05")]
    [TestCase(1e-7, "1e-07")]
    [TestCase(5e-324, "5e-324")]
    [TestCase(123456789.12345679, "123456789.12345679")]
    [TestCase(1e15, "1000000000000000.0")]
    [TestCase(9007199254740993.0, "9007199254740992.0")]
    [TestCase(1e16, "1e+16")]
    [TestCase(82013708111836430.0, "8.201370811183643e+16")]
    [TestCase(1.2345e+20, "1.2345e+20")]
    [TestCase(1e300, "1e+300")]
    [TestCase(double.MaxValue, "1.7976931348623157e+308")]
    public void Numbers_are_written_as_Python_writes_them(double value, string expected) =>
        Assert.That(PythonFloat.Repr(value), Is.EqualTo(expected));
}
