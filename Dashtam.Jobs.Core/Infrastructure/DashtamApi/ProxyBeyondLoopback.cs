using System.Net;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>
/// The proxy that <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, <c>ALL_PROXY</c> and <c>NO_PROXY</c> name, but never for this machine
/// itself: a proxy elsewhere would look for the loopback address on its own machine.
/// </summary>
internal sealed class ProxyBeyondLoopback(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || proxy.IsBypassed(host);
}
