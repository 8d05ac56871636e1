using System.Data.Common;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Registers dashtam-api's database, or in a local run the sample one; needs <see cref="LocalMode"/>.</summary>
internal static class DatabaseServices
{
    /// <summary>Adds the tables that jobs read, and the settings, checked before the host starts. Connects to nothing.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services)
    {
        services.AddSettings<DatabaseOptions>();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>();
        services.AddSingleton(Source);
        services.AddSingleton(provider =>
            provider.GetRequiredService<LocalMode>().EmbedsDatabase ? SqlDialect.Sqlite : SqlDialect.PostgreSql);
        services.AddSingleton(provider => new DatabaseReader(
            provider.GetRequiredService<DbDataSource>(), provider.GetRequiredService<SqlDialect>(), Connections(provider)));
        return services.AddQueries();
    }

    // A query is a class of this folder that takes the reader; jobs ask for its interface. None is listed.
    private static IServiceCollection AddQueries(this IServiceCollection services)
    {
        foreach (var query in typeof(DatabaseReader).Assembly.GetTypes().Where(IsQuery))
        {
            foreach (var seam in query.GetInterfaces())
            {
                services.AddSingleton(seam, query);
            }
        }

        return services;
    }

    private static bool IsQuery(Type type) =>
        type.Namespace == typeof(DatabaseReader).Namespace
        && Array.Exists(
            type.GetConstructors(),
            constructor => Array.Exists(constructor.GetParameters(), parameter => parameter.ParameterType == typeof(DatabaseReader)));

    /// <summary>The sample database at a path, read only.</summary>
    public static DbDataSource SampleSource(string path)
    {
        var file = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            // A pooled connection would go on reading the file that a new start of the scheduler has replaced.
            Pooling = false,
        };
        return SqliteFactory.Instance.CreateDataSource(file.ConnectionString);
    }

    // A native connection string may name another number than the setting, and wins.
    private static int Connections(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        return !provider.GetRequiredService<LocalMode>().EmbedsDatabase && options.Server() is { Pooling: true } server
            ? server.MaxPoolSize
            : options.PoolSize;
    }

    private static DbDataSource Source(IServiceProvider provider)
    {
        var local = provider.GetRequiredService<LocalMode>();
        return local.EmbedsDatabase
            ? SampleSource(local.DatabasePath)
            : NpgsqlDataSource.Create(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.Server());
    }
}
