using System.Net;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.DashtamApi;

[Category("Unit")]
internal sealed class ProxyBeyondLoopbackTests
{
    private static readonly Uri Address = new("http://proxy.test:3128/");

    private readonly ProxyBeyondLoopback _proxy = new(new WebProxy(Address));

    [TestCase("http://127.0.0.1:8000/")]
    [TestCase("http://localhost:8000/")]
    [TestCase("http://[::1]:8000/")]
    public void This_machine_is_never_asked_through_a_proxy(string url)
    {
        Assert.That(_proxy.IsBypassed(new Uri(url)), Is.True);
        Assert.That(_proxy.GetProxy(new Uri(url)), Is.Null);
    }

    [Test]
    public void Another_one_is() => Assert.That(_proxy.GetProxy(new Uri("http://api.example.test/")), Is.EqualTo(Address));
}
