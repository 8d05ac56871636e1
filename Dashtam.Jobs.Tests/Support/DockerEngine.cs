using System.IO.Pipes;
using System.Net.Sockets;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Whether a Docker engine answers here, found out fast: a machine without one must not wait for it.</summary>
internal static class DockerEngine
{
    /// <summary>On each container of a run: whoever killed the run can find what it left behind.</summary>
    public const string RunLabel = "dashtam.jobs.test-run";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly Lazy<Task<bool>> Answer = new(() => Task.Run(PingAsync));

    /// <summary>The run's name, from <c>TEST_RUN</c>.</summary>
    public static string Run { get; } = Environment.GetEnvironmentVariable("TEST_RUN") is { Length: > 0 } name ? name : "local";

    /// <exception cref="NoServiceException">None answers.</exception>
    public static async Task RequireAsync()
    {
        if (!await Answer.Value)
        {
            throw new NoServiceException("no Docker engine answers");
        }
    }

    /// <summary>Kills a container with SIGKILL, which Testcontainers has no call for.</summary>
    public static async Task KillContainerAsync(string id)
    {
        foreach (var endpoint in Endpoints())
        {
            using var client = Client(endpoint);
            using var response = await client.PostAsync(new Uri($"http://docker/containers/{id}/kill"), content: null);
            response.EnsureSuccessStatusCode();
            return;
        }
    }

    private static async Task<bool> PingAsync()
    {
        foreach (var endpoint in Endpoints())
        {
            using var client = Client(endpoint);
            try
            {
                using var response = await client.GetAsync(new Uri("http://docker/_ping"));
                if (response.IsSuccessStatusCode)
                {
                    SpeakTheVersionOf(response);
                    return true;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                // Nobody there: the next endpoint.
            }
        }

        return false;
    }

    /// <summary>Testcontainers asks for a newer API than an old engine has, and then takes it for none.</summary>
    private static void SpeakTheVersionOf(HttpResponseMessage response)
    {
        const string Variable = "DOCKER_API_VERSION";
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable))
            && response.Headers.TryGetValues("Api-Version", out var versions)
            && Version.TryParse(versions.First(), out var version)
            && version < new Version(1, 44))
        {
            Environment.SetEnvironmentVariable(Variable, version.ToString());
        }
    }

    /// <summary>The places where Testcontainers looks, too.</summary>
    private static IEnumerable<Uri> Endpoints()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host)
        {
            return Uri.TryCreate(host, UriKind.Absolute, out var uri) ? [uri] : [];
        }

        if (OperatingSystem.IsWindows())
        {
            return [new Uri("npipe://./pipe/docker_engine")];
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        string?[] sockets =
        [
            "/var/run/docker.sock",
            runtime is null ? null : Path.Combine(runtime, "docker.sock"),
            Path.Combine(home, ".docker/run/docker.sock"),
            Path.Combine(home, ".docker/desktop/docker.sock"),
        ];
        return sockets.OfType<string>().Where(File.Exists).Select(path => new Uri($"unix://{path}"));
    }

    private static HttpClient Client(Uri endpoint)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) => await ConnectAsync(endpoint, cancellationToken),
        };
        return new HttpClient(handler, disposeHandler: true) { Timeout = Patience };
    }

    private static async Task<Stream> ConnectAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Scheme == "npipe")
        {
            var pipe = new NamedPipeClientStream(
                ".", endpoint.Segments[^1], PipeDirection.InOut, PipeOptions.Asynchronous);
            await pipe.ConnectAsync(cancellationToken);
            return pipe;
        }

        var isUnix = endpoint.Scheme == "unix";
        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var connect = isUnix
                ? socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.AbsolutePath), cancellationToken)
                : socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken);
            await connect;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
